r"""Account numbers at rest: what stands in a record of the journal in place of one.

    "card": "~" and 22 characters of base64: one block of AES-128
    the block: number (8 bytes), how many digits (1), trace number (3), zeros (4)

The key is derived from the terminal's master key, so it is nowhere on the flash but there. The trace number makes two
payments of one card look different, without a random number: the same record is always the same bytes. The zeros say
whether the key is the right one.
"""

from binascii import a2b_base64, b2a_base64

from cryptolib import aes
from micropython import const

_ECB = const(1)
_MARK = const("~")
_SEALED_CHARS = const(23)
_DIGITS_MAX = const(19)
_CARD = "card"
_LABEL = const(b"account numbers at rest")


def key_of(master_key):
    """The key to seal with, 16 bytes. master_key: 16 or 32 bytes."""
    from pos.security.cmac import cmac

    return cmac(master_key, _LABEL)


def seal(record, key):
    """A copy of the record (dict) in which no account number is to be read; the record itself stays as it is. What is
    sealed already, or is no number, is left alone."""
    copy = dict(record)
    for name in record:
        value = record[name]
        if isinstance(value, dict):
            copy[name] = seal(value, key)
        elif name == _CARD and isinstance(value, str) and value.isdigit() and len(value) <= _DIGITS_MAX:
            copy[name] = _close(value, record.get("trace", 0), key)
    return copy


def unseal(record, key):
    """Puts the account numbers back, in place; returns the record. Numbers of an earlier firmware stand there in clear,
    and what another key has sealed stays sealed: it is not lost should that key come back."""
    for name in record:
        value = record[name]
        if isinstance(value, dict):
            unseal(value, key)
        elif name == _CARD and is_sealed(value):
            record[name] = _open(value, key)
    return record


def is_sealed(value):
    """Whether this stands in place of an account number."""
    return isinstance(value, str) and len(value) == _SEALED_CHARS and value[0] == _MARK


def _close(number, trace, key):
    block = int(number).to_bytes(8, "big") + bytes((len(number),)) + (trace & 0xFFFFFF).to_bytes(3, "big") + bytes(4)
    return _MARK + b2a_base64(aes(key, _ECB).encrypt(block))[:22].decode()


def _open(text, key):
    try:
        block = aes(key, _ECB).decrypt(a2b_base64(text[1:] + "=="))
    except ValueError:
        return text
    number = str(int.from_bytes(block[:8], "big"))
    digits = block[8]
    if block[12:] != bytes(4) or not len(number) <= digits <= _DIGITS_MAX:
        return text
    return "0" * (digits - len(number)) + number
