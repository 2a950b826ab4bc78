"""Mutations that know the shape of what they change: fields of a message, frames in a row, items, lines.

A mutator is handed the bytes, the most bytes that may come out, and a random.Random; it never fails.
"""

from host.terminal import LAYOUT as SENT

# field: (d digits in BCD, t and b bytes as they are, digits or bytes, bytes of BCD length in front): those of the
# host's tests, written apart from the product's own tables, and those of shared/protocol.md that they do not need.
LAYOUT = {**SENT, 14: ("d", 4, 0), 15: ("d", 4, 0), 23: ("d", 3, 0), 35: ("d", 37, 1)}
HEAD_BYTES = 10
_TYPES = bytes.fromhex("0100 0110 0200 0210 0220 0230 0320 0330 0400 0410 0500 0510 0600 0610 0800 0810 0820 0830")
_CODES = (b"00", b"05", b"12", b"25", b"30", b"51", b"55", b"77", b"94", b"95", b"96", b"97", b"A0", b"ZZ")


def split(message):
    """(type, {field: its bytes, length included}), None for what is no message."""
    if len(message) < HEAD_BYTES:
        return None
    bits, at, fields = int.from_bytes(message[2:HEAD_BYTES], "big"), HEAD_BYTES, {}
    for number in range(1, 65):
        if bits >> (64 - number) & 1:
            if number not in LAYOUT:
                return None
            kind, size, prefix = LAYOUT[number]
            if prefix:
                shown = message[at : at + prefix].hex()
                if not shown.isdigit():
                    return None
                size = int(shown)
            end = at + prefix + ((size + 1) // 2 if kind == "d" else size)
            fields[number] = message[at:end]
            at = end
    return message[:2], fields


def joined(kind, fields):
    """The message of these parts."""
    bits = sum(1 << (64 - number) for number in fields)
    return kind + bits.to_bytes(8, "big") + b"".join(fields[number] for number in sorted(fields))


def a_field(number, chance):
    """Bytes of a field: mostly of its shape, with a value from anywhere."""
    kind, size, prefix = LAYOUT[number]
    if prefix:
        size = chance.choice((0, 1, 2, size - 1, size, chance.randrange(size + 1), min(20, size)))
    if number == 39 and chance.random() < 0.8:
        return chance.choice(_CODES)
    digits = chance.choice(("0", "9", "123456789", "0123456789"))
    text = "".join(chance.choice(digits) for _ in range(size + size % 2))
    data = bytes.fromhex(text) if kind == "d" else text[:size].encode()
    if chance.random() < 0.2:
        data = chance.randbytes(len(data))
    head = size if chance.random() < 0.9 else chance.randrange(1000)
    return (bytes.fromhex(f"{head:04d}")[2 - prefix :] if prefix else b"") + data


def message(data, size_max, chance):
    """One to three changes of an ISO 8583 message, field by field; other bytes are changed as bytes."""
    parts = split(data)
    if parts is None:
        return plain(data, size_max, chance)
    kind, fields = parts
    for _ in range(chance.randint(1, 3)):
        what = chance.randrange(6)
        number = chance.choice(sorted(fields)) if fields else 11
        if what == 0:
            fields.pop(number, None)
        elif what == 1:
            number = chance.choice(sorted(LAYOUT))
            fields[number] = a_field(number, chance)
        elif what == 2 and fields:
            fields[number] = a_field(number, chance)
        elif what == 3 and fields:
            fields[number] = plain(fields[number], size_max, chance)
        elif what == 4:
            at = 2 * chance.randrange(len(_TYPES) // 2)
            kind = _TYPES[at : at + 2]
        elif fields:
            fields[number] = digits(fields[number], chance)
    return joined(kind, fields)[:size_max]


def digits(data, chance):
    """One half byte changed into another digit: lengths stay what they were."""
    if not data:
        return data
    at = chance.randrange(len(data))
    value = chance.randrange(10)
    byte = data[at] & 0xF0 | value if chance.random() < 0.5 else data[at] & 0x0F | value << 4
    return data[:at] + bytes((byte,)) + data[at + 1 :]


def plain(data, size_max, chance):
    """Bytes changed, put in, taken out or doubled, wherever."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        what = chance.randrange(5)
        if what == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            data[at:at] = chance.randbytes(chance.randint(1, 8))
        elif what == 2:
            del data[at : at + chance.randint(1, 8)]
        elif what == 3 and at < len(data):
            data[at] = chance.choice((0, 1, 0x30, 0x39, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        else:
            data[at:at] = data[at : at + chance.randint(1, 16)]
    return bytes(data[:size_max])


def frames(data):
    """Pieces of input: each is two bytes of length, big-endian, and so many bytes; the last one may be short."""
    found, at = [], 0
    while at + 2 <= len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        found.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return found


def together(pieces):
    """The opposite of frames."""
    return b"".join(len(piece).to_bytes(2, "big") + piece for piece in pieces)


def row(data, size_max, chance, change, pieces_max=8):
    """Changes one piece by change(piece, size_max, chance), or doubles, drops, swaps or cuts pieces."""
    pieces = frames(data) or [b""]
    at = chance.randrange(len(pieces))
    what = chance.randrange(10)
    if what == 0 and len(pieces) < pieces_max:
        pieces.insert(chance.randrange(len(pieces) + 1), pieces[at])
    elif what == 1 and len(pieces) > 1:
        del pieces[at]
    elif what == 2:
        other = chance.randrange(len(pieces))
        pieces[at], pieces[other] = pieces[other], pieces[at]
    else:
        pieces[at] = change(pieces[at], size_max, chance)
    return together(pieces)[:size_max]
