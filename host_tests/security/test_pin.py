"""PBKDF2-HMAC-SHA256 against published vectors, and PIN records."""

from pos.security import pin

# RFC 7914, section 11 (first), and the RFC 6070 inputs with SHA-256 as widely published: password, salt, rounds, key.
VECTORS = (
    (
        b"passwd",
        b"salt",
        1,
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
    ),
    (b"password", b"salt", 1, "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b"),
    (b"password", b"salt", 2, "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43"),
    (b"password", b"salt", 4096, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"),
    (
        b"passwordPASSWORDpassword",
        b"saltSALTsaltSALTsaltSALTsaltSALTsalt",
        4096,
        "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9",
    ),
    (b"pass\0word", b"sa\0lt", 4096, "89b69d0516f829893c696226650a8687"),
    # longer than a block of SHA-256; from CPython's hashlib
    (b"p" * 65, b"salt", 2, "6f3553a14dcf0e73271c6e26ca06693c24a7d8c0092da9dd4252f8013d559608"),
)


def test_vectors():
    for password, salt, rounds, key in VECTORS:
        key = bytes.fromhex(key)
        assert pin.pbkdf2(password, salt, rounds, len(key)) == key, password


def test_record():
    record = pin.make("2468", 3)
    assert pin.verify("2468", record)
    for other in ("2469", "", "24680", "0002468", "2468 "):
        assert not pin.verify(other, record)


def test_salt_differs():
    assert pin.make("2468", 1) != pin.make("2468", 1)


def test_record_holds_no_pin():
    assert "97531024" not in pin.make("97531024", 1)


def test_broken_record_matches_nothing():
    rounds, salt, key = pin.make("2468", 2).split("$")
    assert pin.verify("2468", "$".join((rounds, salt, key)))
    for record in (
        None,
        5,
        {},
        b"2$00$00",
        "",
        "$$",
        "2468",
        salt + "$" + key,
        "$".join(("0", salt, key)),
        "$".join(("0", salt, "00" * 32)),
        "$".join(("-2", salt, key)),
        "$".join(("x", salt, key)),
        "$".join((str(pin.ROUNDS_MAX + 1), salt, key)),
        "$".join((rounds, "zz", key)),
        "$".join((rounds, salt, key[:-2])),
        "$".join((rounds, salt, "")),
        "$".join((rounds, salt, key, "")),
    ):
        assert not pin.verify("2468", record), record
