"""A place between two lines of the journal, and the way from there to older and newer ones that hold one of some marks.

A window of 768 bytes moves over the segments, and the marks are looked for in it as bytes: however many records
there are, this much memory reads them, and what is passed over costs next to nothing. No file stays open between two
steps, so what is read here may be written meanwhile.
"""

import json
from binascii import crc32

from micropython import const

from pos.journal import files, window
from pos.journal.errors import JournalError
from pos.journal.journal import path

# Longer than any record of a transaction; a longer line (a snapshot, an audit line) is passed over.
_WINDOW_BYTES = const(768)
_UNREADABLE = const("the journal cannot be read")
_NEWLINE = const(b"\n")
_END = const(10)
_PLACE_BITS = const(14)
_EVERYTHING = const(0x3FFFFFFF)
_MORE = const(0x2B)  # "+", the mark of a line whose step goes on


class Lines:
    """Begins behind the newest line. After older() or newer() the line passed is buffer[start:end].

    marks: bytes; only lines that hold one of them are stopped at. Lines of a step that was cut off never happened: they
    are passed over, as in recovery. Raises JournalError when the flash cannot be read."""

    def __init__(self, journal, marks):
        self.buffer = bytearray(_WINDOW_BYTES)
        self.start = self.end = 0
        self._marks = marks
        self._view = memoryview(self.buffer)
        self._journal = journal
        self._name = ""  # path of the segment
        self._from = self._count = 0  # what of the segment the window shows
        self._solid = 0  # from this byte of the segment on it is steps in small files
        self._at = len(journal.segments)  # index of the segment
        self._offset = self._size = 0
        self._amid = False  # the offset is within a line that is too long

    def here(self):
        """The place between two lines, for go(): plain values, so that this code may go meanwhile."""
        numbers = self._journal.segments
        return (numbers[self._at] if self._at < len(numbers) else 0, self._offset)

    def go(self, here):
        """Goes to a place that here() of Lines of the same journal has told."""
        number, offset = here
        if number:
            self._enter(self._journal.segments.index(number))
            self._offset = offset

    def older(self):
        """Passes the next older line that holds a mark; False at the journal's beginning."""
        while True:
            while not self._offset:
                if self._at <= 0:
                    return False
                self._enter(self._at - 1)
            if not self._from < self._offset <= self._from + self._count:
                self._load(max(0, self._offset - _WINDOW_BYTES), self._offset)
            end = self._offset - self._from
            if self._amid:
                start = self.buffer.rfind(_NEWLINE, 0, end) + 1
                self._amid = not start and self._from > 0
                self._offset = self._from + start
                continue
            found = -1
            for mark in self._marks:
                found = max(found, self.buffer.rfind(mark, found + 1, end))
            if found < 0:
                # What the window shows of its first line is the end of it.
                first = self.buffer.find(_NEWLINE, 0, end) + 1
                self._amid = self._from > 0 and first in (0, _WINDOW_BYTES)
                self._offset = self._from + first if self._from and not self._amid else self._from
                self._count = 0
            elif self._line_before(found, end):
                return True

    def _line_before(self, found, end):
        """Whether the window shows the whole line around `found`; the next step is made ready either way."""
        start = self.buffer.rfind(_NEWLINE, 0, found) + 1
        end = self.buffer.find(_NEWLINE, found, end) + 1
        if start or not self._from:
            self.start, self.end = start, end
            self._offset = self._from + start
            return True
        self._amid = end == _WINDOW_BYTES
        self._offset = self._from + (0 if self._amid else end)
        self._count = 0  # to be loaded anew, with this line at its end
        return False

    def newer(self):
        """Passes the next newer line that holds a mark; False at the journal's end."""
        while True:
            while self._offset >= self._size:
                if self._at + 1 >= len(self._journal.segments):
                    return False
                self._enter(self._at + 1)
                self._offset = 0
            if not self._from <= self._offset < self._from + self._count:
                self._load(self._offset)
            start = self._offset - self._from
            count = min(self._count, self._size - self._from)
            if self._amid:
                end = self.buffer.find(_NEWLINE, start, count) + 1
                self._amid = not end
                self._offset = self._from + (end or count)
                continue
            found = count
            for mark in self._marks:
                at = self.buffer.find(mark, start, found)
                if at >= 0:
                    found = at
            if found < count:
                start = max(start, self.buffer.rfind(_NEWLINE, start, found) + 1)
                end = self.buffer.find(_NEWLINE, found, count) + 1
                if end:
                    self.start, self.end = start, end
                    self._offset = self._from + end
                    if end - start < _WINDOW_BYTES:
                        return True
                    continue  # as long as the window: the way back cannot tell where it begins
            else:
                start = max(start, self.buffer.rfind(_NEWLINE, start, count) + 1)
                if self._from + count >= self._size:
                    start = count
            # The line goes on behind the window: once more from its beginning, unless it is too long.
            self._amid = not start and count == _WINDOW_BYTES
            self._offset = self._from + (count if self._amid else start)
            if not self._amid:
                self._count = 0

    def place(self):
        """A number for the line just passed: the same whichever way it was passed."""
        return self.segment() << _PLACE_BITS | self._from + self.start

    def segment(self):
        """Number of the segment of the line just passed."""
        return self._journal.segments[self._at]

    def find(self, what):
        """Where the bytes `what` stand in the line, -1 when they do not."""
        return self.buffer.find(what, self.start, self.end)

    def number(self, name):
        """The whole number after `name` (bytes: a key as JSON writes it) in the line, -1 when none can be read."""
        at = self.find(name)
        if at < 0:
            return -1
        at += len(name)
        end = self.buffer.find(b",", at, self.end)
        if end < 0:
            end = self.buffer.find(b"}", at, self.end)
        digits = self._view[at:end]
        try:
            return int(digits)
        except ValueError:
            pass
        try:
            return int(bytes(digits).rstrip(b"}"))
        except ValueError:
            return -1  # damaged: whoever counts on the line looks at its checksum

    def text(self, name):
        """The string after `name` (bytes: a key, and the quotation mark of its value), "" when none can be read."""
        at = self.find(name)
        if at < 0:
            return ""
        at += len(name)
        try:
            return str(self._view[at : self.buffer.find(b'"', at, self.end)], "ascii")
        except ValueError:
            return ""

    def card(self):
        """The account number, "" when there is none."""
        number = self.text(b'"sealed": "')
        if not number:
            return self.text(b'"card": "')
        from pos.security import sealed

        return sealed.read({"trace": self.number(b'"trace": '), "sealed": number}, self._journal.key)["card"]

    def word(self, name, words):
        """As text(), quicker for the words that are expected: ((bytes with the closing quotation mark, str), ...)."""
        at = self.find(name) + len(name)
        for letters, word in words:
            if self.buffer.startswith(letters, at):
                return word
        return self.text(name)

    def whole(self):
        """Whether the line is not damaged."""
        return self._whole(self.start, self.end)

    def record(self):
        """The record (dict) in the line, None when the line is damaged, or does not say what its kind must say."""
        brace = self.find(b"{")
        if brace < 0 or not self.whole():
            return None
        text: bytes = self._view[brace : self.end - 1]  # pyright: ignore[reportAssignmentType]
        try:
            try:
                record = json.loads(text)  # MicroPython's takes it as it is: no copy
            except TypeError:
                record = json.loads(bytes(text))
        except ValueError:
            return None
        if not isinstance(record, dict):
            return None
        from pos.journal import shape

        if not shape.fits(record):
            return None
        if self.find(b'"sealed": ') >= 0:
            from pos.security import sealed

            sealed.read(record, self._journal.key)
        return record

    def _whole(self, start, end):
        """Whether the checksum of the line is right; that of a step in a small file was looked at when it was read."""
        if self._from + start >= self._solid:
            return True
        if end - start < 11 or self.buffer[end - 1] != _END:
            return False
        crc = crc32(self._view[start + 9 : end - 1]) & 0xFFFFFFFF
        return self._view[start : start + 8] == (b"%08x" % crc)

    def _enter(self, at):
        """Goes to the end of a segment, before what was cut off there."""
        self._at = at
        self._amid = False
        self._name = path(self._journal.folder, self._journal.segments[at])
        self._solid = _EVERYTHING
        try:
            if self._in_last():
                self._solid = self._journal.bytes
                self._from, self._count = window.read_into(self._journal, self._name, -1, self._view)
            else:
                size, self._count = files.read_end(self._name, self.buffer)
                self._from = max(0, size - _WINDOW_BYTES)
        except OSError:
            raise JournalError(_UNREADABLE)
        end = self._count
        while end:
            start = self.buffer.rfind(_NEWLINE, 0, end - 1) + 1
            if not start and self._from:
                if end == _WINDOW_BYTES:
                    break  # too long to be judged
                here = self._from + end
                self._load(max(0, here - _WINDOW_BYTES), here)
                end = here - self._from
                continue
            if self.buffer[end - 1] == _END:
                brace = self.buffer.find(b" {", start, end)
                if brace < 0 or self.buffer[brace - 1] != _MORE or not self._whole(start, end):
                    break
            end = start
        self._size = self._offset = self._from + end

    def _load(self, start, end=None):
        """Shows what begins there; of the tail what is needed of it up to `end`."""
        self._from, self._solid = start, _EVERYTHING
        try:
            if self._in_last():
                self._solid = self._journal.bytes
                self._from, self._count = window.read_into(self._journal, self._name, end, self._view, start)
            else:
                self._count = files.read_into(self._name, start, self.buffer)
        except OSError:
            raise JournalError(_UNREADABLE)

    def _in_last(self):
        """Whether the segment has the journal's newest steps behind it, in their small files."""
        return self._journal.tail and self._at + 1 == len(self._journal.segments)
