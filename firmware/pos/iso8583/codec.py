"""ISO 8583 messages to bytes and back, driven by the field table.

A message in Python is a dict: field number -> value, the message type under 0. Kinds "n", "z", "a" have str values,
"b" has bytes. Whatever is wrong, with a dict to pack or with bytes from outside, is a FieldError and nothing else.
"""

from micropython import const

from pos.iso8583.fields import TABLE

MESSAGE_BYTES_MAX = 1024
_HEAD_BYTES = const(10)  # message type and bitmap


class FieldError(ValueError):
    """A message that cannot be packed or unpacked.

    field: its number (0 message type, 1 bitmap; a name in frame.py), offset: bytes from the start of the message,
    needed and available: bytes the field needs there and bytes there are (packing: characters needed and given),
    what: the reason in words, never a field's value.
    """

    def __init__(self, field, offset, needed, available, what):
        super().__init__(
            "field {} at byte {}: {}; needed {}, available {}".format(field, offset, what, needed, available)
        )
        self.field = field
        self.offset = offset
        self.needed = needed
        self.available = available
        self.what = what


def pack(fields, mac=None):
    """The bytes of a message.

    mac: called with the bytes from message type to the last field, bit 64 of the bitmap already set; returns the
    8 bytes of field 64. Raises FieldError.
    """
    out = bytearray(_HEAD_BYTES)
    try:
        for number in sorted(fields):
            if number:
                _append(out, number, fields[number])
            else:
                out[0:2] = _mti(fields[number])
    except TypeError:
        raise FieldError(0, 0, 0, 0, "field numbers must be integers")
    return _finish(out, fields, mac)


def _mti(value):
    try:
        if isinstance(value, str) and len(value) == 4 and value.isdigit():
            return bytes.fromhex(value)
    except ValueError:  # digits of another script
        pass
    raise FieldError(0, 0, 4, 0, "the message type is four digits")


def _append(out, number, value):
    """One field at the end of out, and its bit in the bitmap."""
    if number not in TABLE:
        raise FieldError(number, len(out), 0, 0, "not in the field table")
    kind, prefix, length, padding, _ = TABLE[number]
    if not isinstance(value, bytes if kind == "b" else str):
        raise FieldError(number, len(out), length, 0, "a value of the wrong type")
    size = len(value)
    if size != length and (size > length or not prefix):
        raise FieldError(number, len(out), length, size, "wrong length")
    data = value
    if kind != "b":
        try:
            data = _printable(value) if kind == "a" else _bcd(value, kind, padding)
        except ValueError:
            what = "not printable ASCII" if kind == "a" else "not digits"
            raise FieldError(number, len(out), length, size, what)
    out[(number + 15) >> 3] |= 0x80 >> ((number - 1) & 7)
    if prefix:
        if prefix == 2:
            out.append(size // 100)
        size %= 100
        out.append(size + 6 * (size // 10))
    out += data


def _printable(text):
    data = text.encode()
    if len(data) != len(text) or (data and not 32 <= min(data) <= max(data) < 127):
        raise ValueError()
    return data


def _bcd(digits, kind, padding):
    plain = digits
    if kind == "z":
        plain = digits.replace("=", "0")
        digits = digits.replace("=", "d")
    if plain and not plain.isdigit():
        raise ValueError()
    if len(digits) & 1:
        digits = "0" + digits if padding == "left" else digits + "0"
    return bytes.fromhex(digits)  # ValueError for digits of another script


def _finish(out, fields, mac):
    """Check what only the whole message can tell, and add field 64."""
    if 0 not in fields:
        raise FieldError(0, 0, 4, 0, "no message type")
    if mac:
        if 64 in fields:
            raise FieldError(64, len(out), 8, 8, "given, and to be computed")
        out[9] |= 1
        code = mac(bytes(out))
        if len(code) != 8:
            raise FieldError(64, len(out), 8, len(code), "wrong length")
        out += code
    if len(out) > MESSAGE_BYTES_MAX:
        raise FieldError(max(fields), 0, MESSAGE_BYTES_MAX, len(out), "the message is too long")
    return bytes(out)


def unpack(data):
    """The fields of a message. data: bytes or bytearray. Raises FieldError, and nothing else on any bytes."""
    _check_head(data)
    total = len(data)
    fields: dict = {0: data[:2].hex()}
    # "0b1" and 64 flags: the flag of field N is the character at N + 2.
    flags = bin(int.from_bytes(b"\1" + data[2:_HEAD_BYTES], "big"))
    at = _HEAD_BYTES
    number = flags.find("1", 3) - 2
    while number > 0:
        if number not in TABLE:
            raise FieldError(number, at, 0, total - at, "not in the field table")
        kind, prefix, size, padding, _ = TABLE[number]
        if prefix:
            size = _length(number, data, at, prefix, size)
            at += prefix
        nibbles = kind == "n" or kind == "z"
        end = at + ((size + 1) >> 1 if nibbles else size)
        if end > total:
            raise FieldError(number, at, end - at, total - at, "cut short")
        if nibbles:
            value = data[at:end].hex()
            if size & 1:
                value = _unpad(number, value, at, padding)
            if not value.isdigit() and size:
                value = _separated(number, kind, value, at, end)
        elif kind == "a":
            value = _text(number, data, at, end)
        else:
            value = bytes(data[at:end])
        fields[number] = value
        at = end
        number = flags.find("1", number + 3) - 2
    if at != total:
        raise FieldError(max(fields), at, 0, total - at, "bytes left over after the last field")
    return fields


def _check_head(data):
    """Size, message type and bitmap."""
    if not isinstance(data, (bytes, bytearray)):
        raise FieldError(0, 0, _HEAD_BYTES, 0, "not bytes")
    total = len(data)
    if total > MESSAGE_BYTES_MAX:
        raise FieldError(0, 0, MESSAGE_BYTES_MAX, total, "the message is too long")
    if total < 2 or not data[:2].hex().isdigit():
        raise FieldError(0, 0, 2, total, "the message type is four digits")
    if total < _HEAD_BYTES:
        raise FieldError(1, 2, 8, total - 2, "the bitmap is cut short")
    if data[2] & 0x80:
        raise FieldError(1, 2, 16, total - 2, "a secondary bitmap is not supported")


def _length(number, data, at, prefix, length):
    """The BCD length in front of a value: digits or bytes, checked against the table."""
    shown = data[at : at + prefix].hex()
    if len(shown) != 2 * prefix:
        raise FieldError(number, at, prefix, len(shown) // 2, "the length is cut short")
    if not shown.isdigit():
        raise FieldError(number, at, prefix, prefix, "the length is not digits")
    if int(shown) > length:
        raise FieldError(number, at, int(shown), length, "longer than the field can be")
    return int(shown)


def _unpad(number, value, at, padding):
    pad, value = (value[0], value[1:]) if padding == "left" else (value[-1], value[:-1])
    if pad != "0":
        raise FieldError(number, at, len(value), len(value), "the padding is not zero")
    return value


def _separated(number, kind, value, at, end):
    """A value that is not digits only: right for kind "z" with separators, wrong for all others."""
    if kind != "z" or not value.replace("d", "0").isdigit():
        raise FieldError(number, at, end - at, end - at, "not digits")
    return value.replace("d", "=")


def _text(number, data, at, end):
    piece = data[at:end]
    if piece and not 32 <= min(piece) <= max(piece) < 127:
        raise FieldError(number, at, end - at, end - at, "not printable ASCII")
    return str(piece, "ascii")
