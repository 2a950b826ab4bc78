"""Reads the glyphs of an X11 bitmap font in PCF form, just enough for 16x16 GB2312 fonts."""

import gzip
import struct

_METRICS = 1 << 2
_BITMAPS = 1 << 3
_ENCODINGS = 1 << 5
_COMPRESSED_METRICS = 0x100
_NO_GLYPH = 0xFFFF


class PcfError(ValueError):
    """The file is not a PCF font of the kind read here."""


class PcfFont:
    """One font file, kept in memory; `glyph` cuts single glyphs out of it.

    Layout: X.Org "The PCF font file format" (table of contents, metrics, bitmaps, encodings).
    """

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        if data[:4] != b"\x01fcp":
            raise PcfError(f"{path} is not a PCF font")
        tables = {}
        for n in range(struct.unpack_from("<I", data, 4)[0]):
            kind, _, size, offset = struct.unpack_from("<4I", data, 8 + 16 * n)
            tables[kind] = data[offset : offset + size]
        try:
            self._read_metrics(tables[_METRICS])
            self._read_bitmaps(tables[_BITMAPS])
            self._read_encodings(tables[_ENCODINGS])
        except (KeyError, struct.error) as error:
            raise PcfError(f"{path}: a table is missing or short") from error

    def _read_metrics(self, table):
        form, order = _form(table)
        if form & _COMPRESSED_METRICS:
            count = struct.unpack_from(order + "H", table, 4)[0]
            rows = [[b - 0x80 for b in table[6 + 5 * n : 11 + 5 * n]] for n in range(count)]
        else:
            count = struct.unpack_from(order + "I", table, 4)[0]
            rows = [struct.unpack_from(order + "5h", table, 8 + 12 * n) for n in range(count)]
        self.metrics = rows  # left bearing, right bearing, advance, ascent, descent

    def _read_bitmaps(self, table):
        form, order = _form(table)
        count = struct.unpack_from(order + "I", table, 4)[0]
        self._offsets = struct.unpack_from(f"{order}{count}I", table, 8)
        self._bits = table[8 + 4 * count + 16 :]
        self._row_bytes = 1 << (form & 3)
        self._most_significant_byte_first = bool(form & 4)
        self._most_significant_bit_first = bool(form & 8)
        self._unit = 1 << (form >> 4 & 3)

    def _read_encodings(self, table):
        _, order = _form(table)
        low0, low1, high0, high1, _ = struct.unpack_from(order + "5h", table, 4)
        self._low = range(low0, low1 + 1)
        self._high = range(high0, high1 + 1)
        count = len(self._low) * len(self._high)
        self._glyphs = struct.unpack_from(f"{order}{count}H", table, 14)

    def glyph(self, code, ascent=14):
        """Rows of glyph `code` as 16 integers of 16 bits, most significant bit leftmost, or None.

        `ascent` is how many rows lie above the base line.
        """
        high, low = code >> 8, code & 0xFF
        if high not in self._high or low not in self._low:
            return None
        index = self._glyphs[(high - self._high.start) * len(self._low) + low - self._low.start]
        if index == _NO_GLYPH:
            return None
        left, right, _, above, below = self.metrics[index]
        width, height = right - left, above + below
        stride = -(-width // (8 * self._row_bytes)) * self._row_bytes
        rows = [0] * 16
        for n in range(height):
            y = ascent - above + n
            if 0 <= y < 16:
                row = self._row(self._offsets[index] + n * stride, stride)
                row >>= 8 * stride - 16 if stride > 2 else 0
                row <<= 16 - 8 * stride if stride < 2 else 0
                rows[y] = (row >> max(left, 0)) & 0xFFFF
        return rows

    def _row(self, at, stride):
        row = self._bits[at : at + stride]
        if self._unit > 1 and self._most_significant_byte_first != self._most_significant_bit_first:
            row = b"".join(row[n : n + self._unit][::-1] for n in range(0, stride, self._unit))
        if not self._most_significant_bit_first:
            row = bytes(int(f"{b:08b}"[::-1], 2) for b in row)
        return int.from_bytes(row, "big")


def _form(table):
    form = struct.unpack_from("<I", table, 0)[0]
    return form, ">" if form & 4 else "<"
