"""Key blocks made by psec are opened by ours; tampered ones are refused by both."""

import random
import secrets

import psec
import pytest
from pos.security.keyblock import KeyBlockError, unwrap

HEADER = "D0000M6AG00N0000"


@pytest.mark.parametrize("kbpk_bytes", [16, 32])
@pytest.mark.parametrize("key_bytes", [16, 32])
@pytest.mark.parametrize("masked_bytes", [None, 16, 32, 64])
def test_opens_what_psec_makes(kbpk_bytes, key_bytes, masked_bytes):
    for _ in range(10):
        kbpk, key = secrets.token_bytes(kbpk_bytes), secrets.token_bytes(key_bytes)
        block = psec.tr31.wrap(kbpk, HEADER, key, masked_bytes)
        assert unwrap(kbpk, block) == key
        with pytest.raises(KeyBlockError, match="wrong MAC"):
            unwrap(secrets.token_bytes(kbpk_bytes), block)


@pytest.mark.parametrize(
    "blocks", [{"KS": "00604B120F9292800000"}, {"KS": "0", "T0": "2026-03-14"}, {"KV": "x" * 200}], ids=str
)
def test_optional_blocks_are_passed_over(blocks):
    kbpk, key = secrets.token_bytes(16), secrets.token_bytes(16)
    header = psec.tr31.Header("D", "M6", "A", "C", "00", "N")
    for name, value in blocks.items():
        header.blocks[name] = value
    assert unwrap(kbpk, psec.tr31.wrap(kbpk, header, key)) == key


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("D0000P0AE00N0000", "another use"),
        ("D0000M6TG00N0000", "another algorithm"),
        ("D0000M6AV00N0000", "another mode"),
        ("D0000M6AB00N0000", "another mode"),
        ("D0000K0AD00E0000", "another use"),
    ],
)
def test_key_for_something_else(header, why):
    kbpk = secrets.token_bytes(16)
    with pytest.raises(KeyBlockError, match=why):
        unwrap(kbpk, psec.tr31.wrap(kbpk, header, secrets.token_bytes(16)))


@pytest.mark.parametrize("version", "ABC")
def test_older_versions_are_refused(version):
    kbpk = secrets.token_bytes(16)
    block = psec.tr31.wrap(kbpk, f"{version}0000M6TG00N0000", secrets.token_bytes(16))
    with pytest.raises(KeyBlockError, match="version D"):
        unwrap(kbpk, block)


def test_keys_of_other_lengths_are_refused():
    kbpk = secrets.token_bytes(16)
    for size in (1, 15, 17, 24, 31):
        with pytest.raises(KeyBlockError, match="128 or 256"):
            unwrap(kbpk, psec.tr31.wrap(kbpk, HEADER, secrets.token_bytes(size)))


def test_tampered_blocks_are_refused():
    chance = random.Random(31)
    kbpk, key = chance.randbytes(16), chance.randbytes(16)
    block = psec.tr31.wrap(kbpk, HEADER, key)
    for at in range(len(block)):
        for _ in range(4):
            character = chance.choice("0123456789ABCDEFGMNX ~")
            if character == block[at]:
                continue
            changed = block[:at] + character + block[at + 1 :]
            with pytest.raises(KeyBlockError):
                unwrap(kbpk, changed)
    for size in range(len(block)):
        with pytest.raises(KeyBlockError):
            unwrap(kbpk, block[:size])
