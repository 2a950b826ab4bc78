"""CMAC against `cryptography`, PBKDF2 against hashlib."""

import hashlib

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given, settings
from hypothesis import strategies as st
from pos.security import pin
from pos.security.cmac import cmac

KEYS = st.binary(min_size=16, max_size=16) | st.binary(min_size=32, max_size=32)


@settings(max_examples=300, deadline=None)
@given(KEYS, st.binary(max_size=200))
def test_cmac(key, data):
    theirs = CMAC(AES(key))
    theirs.update(data)
    assert cmac(key, data) == theirs.finalize()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=150), st.binary(max_size=40), st.integers(1, 20), st.integers(1, 100))
def test_pbkdf2(password, salt, rounds, size):
    assert pin.pbkdf2(password, salt, rounds, size) == hashlib.pbkdf2_hmac("sha256", password, salt, rounds, size)


@settings(max_examples=20, deadline=None)
@given(st.text("0123456789", min_size=4, max_size=12))
def test_pin_record(digits):
    rounds, salt, key = pin.make(digits, 7).split("$")
    assert key == hashlib.pbkdf2_hmac("sha256", digits.encode(), bytes.fromhex(salt), int(rounds)).hex()
    assert pin.verify(digits, f"{rounds}${salt}${key}")
