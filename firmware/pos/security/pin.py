"""Operator PINs at rest: PBKDF2-HMAC-SHA256 (RFC 8018, RFC 2104) with a salt per PIN.

HMAC is written out because MicroPython's hash objects cannot be copied. A PIN has few digits, so whoever can read
the flash can try them all; the salt and the rounds make that slower, the lock-out guards the keypad.
"""

import os
from hashlib import sha256

from micropython import const

from pos.security.compare import equal

ROUNDS = 1000
ROUNDS_MAX = 100000
SALT_BYTES = 16
_KEY_BYTES = const(32)


def pbkdf2(password, salt, rounds, size=_KEY_BYTES):
    """Derived key of `size` bytes. password, salt: bytes."""
    if len(password) > 64:
        password = sha256(password).digest()
    padded = password + bytes(64 - len(password))
    inner = bytes(byte ^ 0x36 for byte in padded)
    outer = bytes(byte ^ 0x5C for byte in padded)
    key = b""
    number = 0
    while len(key) < size:
        number += 1
        block = salt + number.to_bytes(4, "big")
        mixed = 0
        for _ in range(rounds):
            block = sha256(outer + sha256(inner + block).digest()).digest()
            mixed ^= int.from_bytes(block, "big")
        key += mixed.to_bytes(32, "big")
    return key[:size]


def hash_pin(pin, salt, rounds):
    """32 bytes. pin: str of digits, salt: bytes."""
    return pbkdf2(pin.encode(), salt, rounds)


def make(pin, rounds=ROUNDS):
    """A record for storage, str "rounds$salt$hash" with a fresh salt; both in hexadecimal."""
    salt = os.urandom(SALT_BYTES)
    return "{}${}${}".format(rounds, salt.hex(), hash_pin(pin, salt, rounds).hex())


def verify(pin, record):
    """Whether pin made the record. A record that cannot be read matches no PIN."""
    try:
        rounds, salt, stored = record.split("$")
        rounds = int(rounds)
        salt = bytes.fromhex(salt)
        stored = bytes.fromhex(stored)
    except (TypeError, ValueError, AttributeError):
        return False
    if not 1 <= rounds <= ROUNDS_MAX or len(stored) != _KEY_BYTES:
        return False
    return equal(hash_pin(pin, salt, rounds), stored)
