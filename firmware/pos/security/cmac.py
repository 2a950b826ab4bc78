"""AES-CMAC (NIST SP 800-38B).

A CMAC is the last block of the CBC encryption of the data, after its own last block was mixed with a subkey.
"""

from cryptolib import aes
from micropython import const

_ECB = const(1)
_CBC = const(2)
_BLOCK_BYTES = const(16)


def cmac(key, data):
    """16 bytes. key: 16 or 32 bytes, data: any bytes."""
    subkey = _double(int.from_bytes(aes(key, _ECB).encrypt(bytes(_BLOCK_BYTES)), "big"))
    tail = len(data) % _BLOCK_BYTES
    if tail or not data:
        subkey = _double(subkey)
        data = bytes(data) + b"\x80" + bytes(_BLOCK_BYTES - 1 - tail)
    last = int.from_bytes(data[-_BLOCK_BYTES:], "big") ^ subkey
    data = data[:-_BLOCK_BYTES] + last.to_bytes(_BLOCK_BYTES, "big")
    return aes(key, _CBC, bytes(_BLOCK_BYTES)).encrypt(data)[-_BLOCK_BYTES:]


def _double(number):
    """Twice a number in GF(2^128), the field of SP 800-38B."""
    number <<= 1
    if number >> 128:
        number ^= (1 << 128) | 0x87
    return number
