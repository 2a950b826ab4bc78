"""The journal: records that survive a power cut at every write, in segments that begin with a snapshot.

An append is one durable step: all of its records are there afterwards, or none. See README.md for the layout.
"""

import sys

from micropython import const

from pos.journal import files, record
from pos.journal import state as folding

# Small, because an append to littlefs copies the file's last block; one erase block of the ESP32's flash.
SEGMENT_BYTES = const(4096)
# A thousand segments are 4 MB; more than the flash has. At this many new sales are refused.
SEGMENTS_MAX = const(300)
STEP_RECORDS_MAX = const(8)


class JournalError(Exception):
    """A durable step failed: the flash is full or broken. What was to be recorded has not happened."""


class Journal:
    """The journal in one folder; call recover() before anything else. state: see state.py (read only)."""

    def __init__(self, folder, segment_bytes=SEGMENT_BYTES):
        self.folder = folder
        self._segment_bytes = segment_bytes
        self.state = folding.fresh()
        self._segments = []
        self._bytes = 0
        self._sequence = 0
        self._crc = record.START
        self._trusted = False

    def recover(self):
        """Reads the last segment (more only after damage) into state, and returns a report:

        records      how many were read
        bad_bytes    how many bytes were no records: torn by a power cut, or damaged; kept in the files named in `kept`
        lost         how many whole records are missing or unreadable (0 after a mere power cut)
        problem      "" | "unkept" (what was bad could not be copied; it stays in its segment)
                     | "storage" (the flash cannot be read or written: state is what it was before)

        When bytes were bad, a line of audit about it is appended.
        """
        from pos.journal.recovery import Recovery

        self._trusted = False
        found = Recovery(self.folder)
        report = found.run()
        _let_go("recovery")
        if report["problem"] == "storage":
            return report
        self.state, self._segments = found.state, found.segments
        self._sequence, self._crc = found.sequence, found.crc
        self._bytes = found.bytes
        if report["bad_bytes"] or report["lost"]:
            self._bytes = self._segment_bytes  # nothing is written behind what is not readable
        self._trusted = True
        if report["bad_bytes"] or report["lost"]:
            audit = {"kind": "audit", "what": "recovered", "lost": report["lost"], "bad_bytes": report["bad_bytes"]}
            try:
                self.append(audit)
            except JournalError:
                report["problem"] = "storage"
        return report

    def append(self, *records):
        """Makes the records durable in one step and folds them into state. Raises JournalError."""
        if not 1 <= len(records) <= STEP_RECORDS_MAX:
            raise ValueError("a step has 1 to 8 records")
        if not self._trusted:
            seen = self.state
            self.recover()
            if not self._trusted:
                raise JournalError("the journal cannot be read")
            if self.state != seen:
                raise JournalError("the state is not what the caller saw")
        data, crc = self._lines(records, self._sequence, self._crc)
        sequence = self._sequence + len(records)
        number, new = self._segments[-1] if self._segments else 0, False
        if not self._segments or self._bytes + len(data) > self._segment_bytes:
            number, new = number + 1, True
            head = {"kind": "head", "state": self.state}
            # A step of its own: if the records after it are cut off, the snapshot still stands.
            first, crc = record.write(head, self._sequence + 1, self._crc, False)
            data, crc = self._lines(records, self._sequence + 1, crc)
            data = first + data
            sequence += 1
        try:
            files.append(path(self.folder, number), data)
        except OSError:
            self._trusted = False
            raise JournalError("the journal cannot be written")
        if new:
            self._segments.append(number)
            self._bytes = 0
        self._bytes += len(data)
        self._sequence, self._crc = sequence, crc
        for item in records:
            folding.fold(self.state, item)

    def _lines(self, records, sequence, crc):
        data = b""
        for at, item in enumerate(records):
            line, crc = record.write(item, sequence + at + 1, crc, at + 1 < len(records))
            data += line
        return data, crc

    def scan(self):
        """Yields every readable record that is still kept, oldest first; heads are left out."""
        from pos.journal.recovery import steps

        for number in list(self._segments):
            for item in steps(path(self.folder, number)):
                if isinstance(item, record.Line) and item.record.get("kind") != "head":
                    yield item.record

    def free_trace(self):
        """The trace number that the next request takes."""
        return folding.free_trace(self.state)

    def highest_trace(self):
        """The highest trace number that may have been used."""
        return folding.highest_trace(self.state)

    def unprinted(self):
        """The approved transaction whose slips are not all printed, or None."""
        return self.state["last"] if self.state["slips"] != folding.DONE else None

    def full(self, limit):
        """Whether a new sale must wait for the settlement. limit: transactions in a batch (parameter)."""
        return self.state["count"] >= limit or len(self._segments) >= SEGMENTS_MAX


def _let_go(name):
    """Forgets a module of this package: code lives in RAM, and this one is not needed again until the next start."""
    if sys.modules.pop("pos.journal." + name, None):
        delattr(sys.modules["pos.journal"], name)


def path(folder, number, kind="log"):
    """Path of a segment, or of what was kept of its unreadable part (kind "bad")."""
    return "{}/{:06d}.{}".format(folder, number, kind)
