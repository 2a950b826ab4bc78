r"""Account numbers at rest: what stands in a record of the journal in place of one.

    "card": "6200000000000013"   ->   "sealed": "48120937745520931166"

Digits become digits, four more than there were, by AES in ten rounds of FF1 (NIST SP 800-38G): that takes no more room
in a record, where every byte counts. The key is derived from the terminal's master key, so it is nowhere on the flash
but there. The trace number goes in, too, so that two payments of one card look different, without a random number: the
same record is always the same bytes. The four digits, zeros before, say whether the key is the right one.
"""

from cryptolib import aes
from micropython import const

_CBC = const(2)
_ROUNDS = const(10)
_TWEAK_BYTES = const(3)
_CARD = "card"
_SEALED = "sealed"
_CHECK = const("0000")
_DEEP = const(2)  # a snapshot, its state, a transaction in that
_DIGITS_MIN = const(8)
_DIGITS_MAX = const(19)
_LABEL = const(b"account numbers at rest")


def make(master_key):
    """The key to seal with, 16 bytes. master_key: 16 or 32 bytes."""
    from pos.security.cmac import cmac

    return cmac(master_key, _LABEL)


def write(record, key, deep=_DEEP):
    """A copy of the record (dict) in which no account number is to be read; the record itself stays as it is, and is
    what comes back without a key (b"")."""
    if not key:
        return record
    copy = dict(record)
    for name in record:
        value = record[name]
        if isinstance(value, dict) and deep:
            copy[name] = write(value, key, deep - 1)
        elif name == _CARD and isinstance(value, str) and value.isdigit() and _DIGITS_MIN <= len(value) <= _DIGITS_MAX:
            del copy[_CARD]
            copy[_SEALED] = _ff1(value + _CHECK, _tweak(record), key)
    return copy


def read(record, key, deep=_DEEP):
    """Puts the account numbers back, in place; returns the record. Numbers of an earlier firmware stand there in clear.
    What another key (b"": any) has sealed stays, beside an empty number: it is not lost should that key come back."""
    sealed = record.get(_SEALED)
    if isinstance(sealed, str) and sealed.isdigit() and _DIGITS_MIN < len(sealed) <= _DIGITS_MAX + len(_CHECK):
        number = _ff1(sealed, _tweak(record), key, False) if key else ""
        record[_CARD] = ""
        if number[-len(_CHECK) :] == _CHECK:
            record[_CARD] = number[: -len(_CHECK)]
            del record[_SEALED]
    for name in record:
        if isinstance(record[name], dict) and deep:
            read(record[name], key, deep - 1)
    return record


def _ff1(digits, tweak, key, forward=True):
    """So many digits again, encrypted (forward) or decrypted. digits: 6 to 24; tweak: bytes; key: 16 or 32 bytes."""
    size = len(digits)
    left, right = size >> 1, size - (size >> 1)
    half_bytes = (right * 3322 + 7999) // 8000  # of 10**right - 1; a digit has 3.322 bits
    taken = (half_bytes + 3 & ~3) + 4
    head = b"\x01\x02\x01\x00\x00\x0a\x0a" + bytes((left,)) + size.to_bytes(4, "big") + len(tweak).to_bytes(4, "big")
    head += tweak + bytes(-(len(tweak) + half_bytes + 1) % 16)
    first, second = int(digits[:left]), int(digits[left:])
    for step in range(_ROUNDS):
        turn = step if forward else _ROUNDS - 1 - step
        known = second if forward else first
        block = head + bytes((turn,)) + known.to_bytes(half_bytes, "big")
        mixed = int.from_bytes(aes(key, _CBC, bytes(16)).encrypt(block)[-16:][:taken], "big")
        limit = 10 ** (right if turn & 1 else left)
        if forward:
            first, second = second, (first + mixed) % limit
        else:
            first, second = (second - mixed) % limit, first
    return ("0" * left + str(first))[-left:] + ("0" * right + str(second))[-right:]


def _tweak(record):
    trace = record.get("trace")
    return (trace & 0xFFFFFF if isinstance(trace, int) else 0).to_bytes(_TWEAK_BYTES, "big")
