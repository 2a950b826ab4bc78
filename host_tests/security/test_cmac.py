"""CMAC against SP 800-38B, key check value, the message authentication code, comparison."""

from dual import raises
from pos.security.cmac import cmac
from pos.security.compare import equal
from pos.security.mac import Mac

DATA = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
# NIST SP 800-38B, examples D.1 and D.3: key, bytes of DATA, code.
AES128 = "2b7e151628aed2a6abf7158809cf4f3c"
AES256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
VECTORS = (
    (AES128, 0, "bb1d6929e95937287fa37d129b756746"),
    (AES128, 16, "070a16b46b4d4144f79bdd9dd04a287c"),
    (AES128, 40, "dfa66747de9ae63030ca32611497c827"),
    (AES128, 64, "51f0bebf7e3b9d92fc49741779363cfe"),
    (AES256, 0, "028962f61b7bf89efc6b551f4667d983"),
    (AES256, 16, "28a7023f452e8f82bd4bf28d8c37c35c"),
    (AES256, 40, "aaf3d8f1de5640c232f5b169b9c911e6"),
    (AES256, 64, "e1992190549f6ed5696a2c056c315410"),
)


def test_vectors():
    for key, size, code in VECTORS:
        assert cmac(bytes.fromhex(key), DATA[:size]) == bytes.fromhex(code), (key, size)


def test_takes_bytearray():
    for size in (0, 16, 40):
        assert cmac(bytes.fromhex(AES128), bytearray(DATA[:size])) == cmac(bytes.fromhex(AES128), DATA[:size])


def test_mac_signs_and_verifies():
    mac = Mac(bytes.fromhex(AES128))
    message = bytes.fromhex("02000020000000000001000001")
    code = mac.sign(message)
    assert code == cmac(bytes.fromhex(AES128), message)[:8]
    assert mac.verify(message + code)
    assert not Mac(bytes(16)).verify(message + code)
    for at in range(len(message + code)):
        changed = bytearray(message + code)
        changed[at] ^= 1
        assert not mac.verify(bytes(changed)), at


def test_mac_is_asked_for_by_its_bit():
    mac = Mac(bytes.fromhex(AES128))
    message = bytes.fromhex("02000020000000000000000001")
    assert not mac.verify(message + mac.sign(message))
    for size in range(18):
        assert not mac.verify(b"\xff" * size)


def test_equal():
    for left, right, same in (
        (b"", b"", True),
        (b"a", b"a", True),
        (b"a", b"b", False),
        (b"a", b"", False),
        (b"ab", b"a", False),
        (b"ab", b"aB", False),
        (b"\x80ab", b"\x00ab", False),
        (b"ab", bytearray(b"ab"), True),
    ):
        assert equal(left, right) is same


def test_wrong_key_length():
    raises(ValueError, cmac, bytes(5), b"")
