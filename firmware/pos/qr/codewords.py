"""Text as the codewords of a QR code, error correction included. Numbers are the tables of ISO/IEC 18004:2015."""

from micropython import const

L, M = 0, 1  # about 7 %, 15 % of the codewords may be read wrongly

_CHARACTERS = const(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
# Versions 1 to 10: codewords in all; correction codewords of a block and number of blocks at level L, at level M.
_VERSIONS = const(
    (
        (26, 7, 1, 10, 1),
        (44, 10, 1, 16, 1),
        (70, 15, 1, 26, 1),
        (100, 20, 1, 18, 2),
        (134, 26, 1, 24, 2),
        (172, 18, 2, 16, 4),
        (196, 20, 2, 18, 4),
        (242, 24, 2, 22, 4),
        (292, 30, 2, 22, 5),
        (346, 18, 4, 26, 5),
    )
)
_VERSION_MAX = const(10)
_LONG_COUNT_FROM = const(10)  # from this version on the text's length takes more bits
_FIELD = const(0x11D)  # the field's polynomial: x^8 + x^4 + x^3 + x^2 + 1


def make(data, level):
    """(version, codewords in the order in which they are placed) of the smallest code for data (bytes). ValueError when
    version 10 is too small. Digits, capital letters and a few signs take 5.5 bits each when nothing else is there."""
    compact = all(byte in _CHARACTERS for byte in data)
    bits = 4 + (len(data) * 11 + 1) // 2 if compact else 4 + len(data) * 8
    for version in range(1, _VERSION_MAX + 1):
        row = _VERSIONS[version - 1]
        correction, blocks = row[1 + 2 * level], row[2 + 2 * level]
        room = row[0] - correction * blocks
        width = (9 if compact else 8) if version < _LONG_COUNT_FROM else (11 if compact else 16)
        if bits + width <= 8 * room:
            return version, _interleaved(_coded(data, compact, width, room), correction, blocks)
    raise ValueError("too long")


def _coded(data, compact, width, room):
    """Mode, length of the text in `width` bits, text, terminator; filled up to `room` bytes."""
    pieces = [(2 if compact else 4, 4), (len(data), width)]
    if compact:
        pieces.extend(_pairs(data))
    else:
        pieces.extend([(byte, 8) for byte in data])
    pieces.append((0, 4))  # the terminator; where it does not fit whole, its beginning will do
    out = bytearray()
    bits = count = 0
    for value, size in pieces:
        bits = bits << size | value
        count += size
        while count >= 8:
            count -= 8
            out.append(bits >> count)
            bits &= (1 << count) - 1
    if count and len(out) < room:
        out.append(bits << 8 - count)
    filler = 0xEC
    while len(out) < room:
        out.append(filler)
        filler ^= 0xFD  # 0xEC and 0x11 by turns
    return out


def _pairs(data):
    """(value, bits): two characters in 11 bits, the last of an odd number in 6."""
    values = [_CHARACTERS.find(bytes((byte,))) for byte in data]
    pieces = [(values[at - 1] * 45 + values[at], 11) for at in range(1, len(values), 2)]
    if len(values) % 2:
        pieces.append((values[-1], 6))
    return pieces


def _interleaved(coded, correction, blocks):
    """The blocks' bytes by turns, then those of their corrections. The last blocks are one byte longer where the bytes
    do not go into blocks evenly."""
    powers, logs = _tables()
    generator = _generator(correction, powers, logs)
    parts, ends = [], []
    start = 0
    for block in range(blocks):
        size = len(coded) // blocks + (1 if block >= blocks - len(coded) % blocks else 0)
        parts.append(coded[start : start + size])
        ends.append(_remainder(parts[-1], generator, powers, logs))
        start += size
    out = bytearray()
    for at in range(len(parts[-1])):
        for part in parts:
            if at < len(part):
                out.append(part[at])
    for at in range(correction):
        for end in ends:
            out.append(end[at])
    return out


def _tables():
    """(powers of 2 in the field, logarithms to the base 2)."""
    powers, logs = bytearray(255), bytearray(256)
    value = 1
    for at in range(255):
        powers[at] = value
        logs[value] = at
        value <<= 1
        if value > 255:
            value ^= _FIELD
    return powers, logs


def _generator(degree, powers, logs):
    """Logarithms of the coefficients of (x - 1)(x - 2)(x - 4)..., the highest power's (1) left out."""
    product = bytearray(degree)  # the lowest coefficient last
    product[-1] = 1
    for root in range(degree):
        for at in range(degree):
            value = product[at]
            moved = powers[(logs[value] + root) % 255] if value else 0
            product[at] = moved ^ (product[at + 1] if at + 1 < degree else 0)
    return bytes([logs[value] for value in product])


def _remainder(block, generator, powers, logs):
    """The correction of a block: what is left of it after division by the generator (Reed-Solomon)."""
    size = len(generator)
    left = bytearray(size + 1)  # one zero more, to move up from
    for byte in block:
        factor = byte ^ left[0]
        if not factor:
            left[:size] = left[1:]
            continue
        factor = logs[factor]
        for at in range(size):
            left[at] = left[at + 1] ^ powers[(factor + generator[at]) % 255]
    return left
