"""A place between two lines of the journal, and the way from there to older and newer ones.

A window of one kilobyte moves over the segments: however many records there are, this much memory reads them. No file
stays open between two steps, so what is read here may be written meanwhile.
"""

import json
from binascii import crc32

from micropython import const

from pos.journal import files
from pos.journal.errors import JournalError
from pos.journal.journal import path

# Longer than any record of a transaction; a longer line (a snapshot, an audit line) is passed over.
_WINDOW_BYTES = const(1024)
_UNREADABLE = const("the journal cannot be read")
_NEWLINE = const(b"\n")
_PLACE_BITS = const(14)
_MORE = const(0x2B)  # "+", the mark of a line whose step goes on


class Lines:
    """Begins behind the newest line. After older() or newer() the line passed over is buffer[start:end].

    Lines of a step that was cut off never happened: they are passed over, as in recovery. Raises JournalError when the
    flash cannot be read."""

    def __init__(self, journal):
        self.buffer = bytearray(_WINDOW_BYTES)
        self.start = self.end = 0
        self._view = memoryview(self.buffer)
        self._journal = journal
        self._from = self._count = 0  # what of the segment the window shows
        self._at = len(journal.segments)  # index of the segment
        self._offset = self._size = 0

    def older(self):
        """Passes over the next older line; False at the journal's beginning."""
        while True:
            while not self._offset:
                if self._at <= 0:
                    return False
                self._enter(self._at - 1)
                self._offset = self._size
            if self._back():
                return True

    def newer(self):
        """Passes over the next newer line; False at the journal's end."""
        while True:
            while self._offset >= self._size:
                if self._at + 1 >= len(self._journal.segments):
                    return False
                self._enter(self._at + 1)
                self._offset = 0
            if self._on():
                return True

    def place(self):
        """A number for the line just passed over: the same whichever way it was passed."""
        return self._journal.segments[self._at] << _PLACE_BITS | self._from + self.start

    def segment(self):
        """Number of the segment of the line just passed over."""
        return self._journal.segments[self._at]

    def find(self, what):
        """Where the bytes `what` stand in the line, -1 when they do not."""
        return self.buffer.find(what, self.start, self.end)

    def number(self, name):
        """The first whole number after `name` (bytes: a key as JSON writes it) in the line, -1 when there is none."""
        at = self.find(name)
        if at < 0:
            return -1
        at += len(name)
        value = 0
        while 0x30 <= self.buffer[at] <= 0x39:
            value = value * 10 + self.buffer[at] - 0x30
            at += 1
        return value

    def whole(self):
        """Whether the line is not damaged."""
        return self._whole(self.start, self.end)

    def record(self):
        """The record (dict) in the line, None when the line is damaged."""
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
        return record if isinstance(record, dict) else None

    def _whole(self, start, end):
        """Whether the checksum of the line is right."""
        if end - start < 11 or self.buffer[end - 1] != 10:
            return False
        crc = crc32(self._view[start + 9 : end - 1]) & 0xFFFFFFFF
        return self._view[start : start + 8] == "{:08x}".format(crc).encode()

    def _enter(self, at):
        """Goes to a segment; its size is without what was cut off at its end."""
        self._at = at
        self._count = 0
        try:
            self._size = self._offset = files.size(self._path())
        except OSError:
            raise JournalError(_UNREADABLE)
        while self._offset:
            size = self._offset
            if self._back():
                if self.buffer[self.end - 1] == 10:
                    brace = self.buffer.find(b" {", self.start, self.end)
                    if brace < 0 or self.buffer[brace - 1] != _MORE or not self._whole(self.start, self.end):
                        self._size = size
                        break
                self._size = self._offset
            else:
                self._size = size
                break

    def _path(self):
        return path(self._journal.folder, self._journal.segments[self._at])

    def _load(self, start):
        self._from = start
        try:
            self._count = files.read_into(self._path(), start, self.buffer)
        except OSError:
            raise JournalError(_UNREADABLE)

    def _back(self):
        """One line back within the segment; False when it was too long to be shown."""
        if not self._from < self._offset <= self._from + self._count:
            self._load(max(0, self._offset - _WINDOW_BYTES))
        end = self._offset - self._from
        start = self.buffer.rfind(_NEWLINE, 0, end - 1) + 1
        if not start and self._from:
            if end < _WINDOW_BYTES:
                self._load(max(0, self._offset - _WINDOW_BYTES))
                return self._back()
            return self._skip_back()
        self.start, self.end = start, end
        self._offset = self._from + start
        return True

    def _skip_back(self):
        while self._from:
            self._load(max(0, self._from - _WINDOW_BYTES + 1))
            start = self.buffer.rfind(_NEWLINE, 0, self._count) + 1
            if start:
                self._offset = self._from + start
                return False
        self._offset = 0
        return False

    def _on(self):
        """One line on within the segment; False when it was too long to be shown, or not finished."""
        if not self._from <= self._offset < self._from + self._count:
            self._load(self._offset)
        start = self._offset - self._from
        end = self.buffer.find(_NEWLINE, start, self._count) + 1
        if not end:
            if start:
                self._load(self._offset)
                return self._on()
            while not end:
                if not self._count or self._from + self._count >= self._size:
                    self._offset = self._size
                    return False
                self._load(self._from + self._count)
                end = self.buffer.find(_NEWLINE, 0, self._count) + 1
            self._offset = self._from + end
            return False
        self.start, self.end = start, end
        self._offset = self._from + end
        return True
