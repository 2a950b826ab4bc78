"""Opening ANSI X9.143 / TR-31 key blocks of version D (AES key derivation), as the host sends working keys.

    header   16 characters: version, length 4, usage 2, algorithm, mode, key version 2, exportability,
             number of optional blocks 2, reserved 2; then the optional blocks (id 2, length 2 hexadecimal, data)
    key      hexadecimal, CBC-encrypted: length in bits (2 bytes), key, random padding
    MAC      32 hexadecimal characters: CMAC over the header's characters and the clear key data, also CBC's start

Encryption and MAC key are derived from the protection key by CMAC over counter, purpose, algorithm and length.
"""

from cryptolib import aes
from micropython import const

from pos.security.cmac import cmac
from pos.security.compare import equal

BLOCK_CHARS_MAX = 512

_CBC = const(2)
_HEX = const("0123456789ABCDEF")
_HEADER_CHARS = const(16)
_MAC_CHARS = const(32)


class KeyBlockError(ValueError):
    """A key block that must not be used; the text says why, and no part of a key."""


def unwrap(kbpk, block, usage="M6", modes="GC", algorithm="A"):
    """The key inside, 16 or 32 bytes.

    kbpk: protection key, 16 or 32 bytes. block: str or bytes. usage, modes, algorithm: what the key must be for, by
    default generating (G) or generating and verifying (C) CMACs with AES. Raises KeyBlockError.
    """
    if len(kbpk) not in (16, 32):
        raise KeyBlockError("the protection key is not 16 or 32 bytes")
    block = _text(block)
    start = _check_header(block)
    data = _binary(block[start:-_MAC_CHARS])
    code = _binary(block[-_MAC_CHARS:])
    if not data or len(data) % 16:
        raise KeyBlockError("the encrypted part is not whole blocks")
    clear = aes(_derive(kbpk, 0), _CBC, code).decrypt(data)
    if not equal(cmac(_derive(kbpk, 1), block[:start].encode() + clear), code):
        raise KeyBlockError("wrong MAC: another protection key, or changed on the way")
    if block[5:7] != usage:
        raise KeyBlockError("the key is for another use")
    if block[7] != algorithm:
        raise KeyBlockError("the key is for another algorithm")
    if block[8] not in modes:
        raise KeyBlockError("the key is for another mode of use")
    bits = int.from_bytes(clear[:2], "big")
    if bits not in (128, 256) or len(clear) < 2 + bits // 8:
        raise KeyBlockError("the key is not 128 or 256 bits")
    return clear[2 : 2 + bits // 8]


def _text(block):
    """The block as str of printable ASCII, of a length that can be."""
    data = block.encode() if isinstance(block, str) else bytes(block)
    if not _HEADER_CHARS < len(data) <= BLOCK_CHARS_MAX:
        raise KeyBlockError("no key block has this length")
    if not 32 <= min(data) <= max(data) < 127:
        raise KeyBlockError("not printable ASCII")
    return str(data, "ascii")


def _check_header(block):
    """Where the encrypted part starts, after version, length and optional blocks were looked at."""
    if block[0] != "D":
        raise KeyBlockError("not version D")
    if block[1:5] != "{:04d}".format(len(block)):
        raise KeyBlockError("the length in the header is not the block's")
    if block[14:16] != "00" or not block[12:14].isdigit():
        raise KeyBlockError("the header is malformed")
    start = _HEADER_CHARS
    for _ in range(int(block[12:14])):
        size = _binary(block[start + 2 : start + 4])
        # Length 00 announces an extended length, which nothing this terminal receives needs.
        if not size or size[0] < 4:
            raise KeyBlockError("an optional block is malformed")
        start += size[0]
    if start + _MAC_CHARS >= len(block):
        raise KeyBlockError("too short for a key")
    return start


def _binary(text):
    """bytes of upper-case hexadecimal; fromhex alone lets blanks and small letters pass."""
    for character in text:
        if character not in _HEX:
            raise KeyBlockError("not hexadecimal")
    if len(text) & 1:
        raise KeyBlockError("half a byte")
    return bytes.fromhex(text)


def _derive(kbpk, purpose):
    """Encryption (purpose 0) or MAC (1) key, as long as the protection key (TR-31:2018, 5.3.2.3)."""
    size = len(kbpk)
    algorithm = 2 if size == 16 else 4
    key = b""
    counter = 1
    while len(key) < size:
        key += cmac(kbpk, bytes((counter, 0, purpose, 0, 0, algorithm, size >> 5, size * 8 & 255)))
        counter += 1
    return key
