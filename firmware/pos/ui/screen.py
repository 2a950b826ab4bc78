"""A grid of character cells over a display driver that is told only what changed.

A driver has `rows`, `cols`, `charset` ("ascii" | "gb2312"), `align` (a write begins and ends on a multiple of it) and
`write(row, col, data)`, one byte a cell. A GB2312 character is two bytes in two cells, the first on an even column.
"""

from micropython import const

from pos.texts import gb2312

_SPACE = const(0x20)
_NO_CELL = const(b"\xff")  # in no cell ever: nothing is known of the glass, so all is sent
_UNKNOWN = const(0x3F)  # "?"


class Screen:
    """`put` and `clear` only change the grid; `flush` sends the differences."""

    def __init__(self, display):
        self.display = display
        self.rows = display.rows
        self.cols = display.cols
        self.wide = display.charset == "gb2312"
        self._blank = b" " * self.cols
        self._cells = bytearray(self._blank * self.rows)
        self._mark = b""
        self.forget()

    def set_mark(self, text):
        """Stands in the top right corner of every screen from now on; "" for none. An even number of columns."""
        self._mark = gb2312.encode(text) if self.wide else gb2312.ascii_only(text)

    def clear(self):
        for row in range(self.rows):
            self._clear_row(row)

    def put(self, row, text, align="left", over=False):
        """Text on one row; what does not fit is cut. `align` is left, center or right. The rest of the row becomes
        blank, or stays as it was with `over`."""
        code = text.encode()
        if len(code) == len(text):  # ASCII, as most that is typed
            self._put(row, code[: self.cols], align, over, 0)
        else:
            self.put_bytes(row, gb2312.encode(text) if self.wide else gb2312.ascii_only(text), align, over)

    def put_bytes(self, row, code, align="left", over=False):
        """As `put`, for text that is encoded already: ASCII and two-byte GB2312."""
        data = self._laid_out(code)
        # Wide characters were laid out for an even column.
        self._put(row, data, align, over, 1 if self.wide and any(byte > 0x7F for byte in data) else 0)

    def put_pair(self, row, left, right):
        """A name at the left and its value at the right of one row."""
        self.put(row, left)
        self.put(row, right, "right", over=True)

    def put_lines(self, row, text, align="left"):
        """Text with newlines, from `row` downwards; rows that do not exist are cut. Returns the row after the last."""
        for line in text.split("\n"):
            if row < self.rows:
                self.put(row, line, align)
                row += 1
        return row

    def put_large(self, row, text):
        """Digits and a point, centred and as large as this display can: full-width characters (1 row), digits two
        rows high (2 rows), or plain where neither fits (1 row). Returns the number of rows used."""
        if self.wide and 2 * len(text) <= self.cols:
            data = bytearray()
            for char in text:
                data.append(0xA3)  # GB2312 row 3 holds ASCII at full width
                data.append(ord(char) | 0x80)
            self._put(row, data, "center", False, 1)
            return 1
        if not self.wide and row + 1 < self.rows and self._put_tall(row, text):
            return 2
        self.put(row, text, "center")
        return 1

    def forget(self):
        """The display was initialised again: its glyphs and its content are gone."""
        self._shown = bytearray(_NO_CELL * len(self._cells))
        self._touched = (1 << self.rows) - 1
        self._glyphs_set = False

    def flush(self):
        """Send each run of cells that differs from what is on the glass. Two runs with a gap of at most `align` cells
        go as one: setting the address again costs about as much as the cells between."""
        if self._mark:
            self._lay(self.cols - len(self._mark), self._mark)
            self._touched |= 1
        row = 0
        while self._touched:
            if self._touched & 1:
                self._flush_row(row)
            self._touched >>= 1
            row += 1

    def _flush_row(self, row):
        cells, shown, align = self._cells, self._shown, self.display.align
        base = row * self.cols
        start = end = -1
        for col in range(0, self.cols, align):
            at = base + col
            if cells[at] == shown[at] and (align == 1 or cells[at + 1] == shown[at + 1]):
                continue
            if start >= 0 and col - end > align:
                self.display.write(row, start, cells[base + start : base + end])
                start = -1
            if start < 0:
                start = col
            end = col + align
        if start >= 0:
            self.display.write(row, start, cells[base + start : base + end])
        shown[base : base + self.cols] = cells[base : base + self.cols]

    def _put(self, row, data, align, over, even):
        """Lays cells on a row; with `even` from an even column on."""
        if not over:
            self._clear_row(row)
        start = 0
        if align != "left":
            start = self.cols - len(data)
            if align == "center":
                start //= 2
            if row == 0 and self._mark:  # beside the mark as far as that goes
                start = max(0, min(start, self.cols - len(self._mark) - len(data)))
                if over and start and self._cells[start - 1] == _SPACE:
                    start -= 1
            start -= start & even
        self._lay(row * self.cols + start, data)
        self._touched |= 1 << row

    def _lay(self, start, data):
        """Puts cells over others; half a wide character that would remain at either end becomes a space."""
        cells = self._cells
        end = start + len(data)
        if start & 1 and cells[start - 1] > 0x7F:
            cells[start - 1] = _SPACE
        if end & 1 and cells[end] > 0x7F:
            cells[end] = _SPACE
        cells[start:end] = data

    def _clear_row(self, row):
        self._cells[row * self.cols : (row + 1) * self.cols] = self._blank
        self._touched |= 1 << row

    def _laid_out(self, code):
        """Cells for one row beginning on an even column: a space goes before a wide character that would stand on
        an odd one, and half a character never remains at the end. What no display can draw becomes "?"."""
        data = bytearray()
        at = 0
        while at < len(code) and len(data) < self.cols:
            byte = code[at]
            size = 1
            if byte > 0x7F and at + 1 < len(code):
                size = 4 if 0x30 <= code[at + 1] <= 0x39 else 2  # four bytes: GB18030 beyond GB2312
            if size == 2 and self.wide and byte > 0xA0 and code[at + 1] > 0xA0:
                if len(data) & 1:
                    data.append(_SPACE)
                if len(data) + 2 > self.cols:
                    break
                data.extend(code[at : at + 2])
            else:
                data.append(byte if 0x20 <= byte < 0x7F else _UNKNOWN)
            at += size
        return data

    def _put_tall(self, row, text):
        from pos.ui import tall

        cells = tall.compose(text, self.cols)
        width = len(cells[0])
        if width > self.cols:
            return False
        if not self._glyphs_set:
            tall.define(self.display)
            self._glyphs_set = True
        for below in (0, 1):
            self._put(row + below, cells[below], "center", False, 0)
        return True


def middle_cut(text, width):
    """A text too long for its place without its middle: a masked number keeps both ends."""
    if len(text) <= width:
        return text
    half = width // 2
    return text[: width - half] + text[len(text) - half :]
