"""Reading the journal back at start: the newest snapshot, what follows it, the tail; damage is passed over and kept."""

import json
import os

from micropython import const

from pos.journal import files, record, shape, state, tail
from pos.journal.errors import JournalError
from pos.journal.journal import SMALL_FILES_MAX, path

# Of one segment's unreadable part at most this much is kept apart; all of it stays in the segment anyway.
_KEPT_BYTES_MAX = const(8192)
# The ballast (ballast.py), 32 blocks of 4 KB: some 90 corrections of three steps each (0.33 blocks a transaction), the
# settlement, and the copies that settings and the operators' file are replaced by.
_BALLAST_BYTES = const(131_072)
# What must be free besides when it is made: room for 48 sales, so that it is not given up again at once.
_BESIDES_BYTES = const(65_536)
_CHUNK_BYTES = const(1024)
# So many parts of segments, then the oldest goes: most are of one line, and 64 KB is what the flash can spare.
_BAD_FILES_MAX = const(8)


def recover(journal):
    """See Journal.recover."""
    journal.trusted = False
    unfit = []
    while True:
        found = _Recovery(journal, unfit)
        try:
            report = found.run()
            break
        except _Unfit:
            pass  # once more without it: the state may be half changed. Each round there is one line less
    if report["problem"] == "storage":
        return report
    journal.state, journal.segments = found.state, found.segments
    journal.sequence, journal.crc, journal.bytes = found.sequence, found.crc, found.bytes
    journal.tail, journal.closed = found.tail, False
    journal.trusted = True
    if report["bad_bytes"] or report["lost"]:
        journal.closed = True  # nothing is written behind what is not readable
        audit = {"kind": "audit", "what": "recovered", "lost": report["lost"], "bad_bytes": report["bad_bytes"]}
        try:
            journal.append(audit)
            for name in found.bad:
                files.remove(name)
        except (JournalError, OSError):
            report["problem"] = "storage"
    return report


def scan(journal):
    """See Journal.scan."""
    try:
        for number in list(journal.segments):
            for item in _steps(path(journal.folder, number)):
                if isinstance(item, record.Line) and item.record.get("kind") != "head":
                    yield _clear(item.record, journal.key)
        for item in tail.scan(journal):
            yield _clear(item, journal.key)
    except OSError:
        raise JournalError("a segment cannot be read")


def _clear(item, key):
    """The record with its account numbers."""
    if record.names(item, "sealed"):
        from pos.security import sealed

        sealed.read(item, key)
    return item


def make(name):
    """Sees to it that the ballast is there; False: there is no room for it, or the flash does not take it."""
    if files.exists(name):
        return True
    if lacks_room(name):
        return False
    try:
        _fill(name + ".new")
        os.rename(name + ".new", name)
    except OSError:
        return False
    return True


def lacks_room(name):
    """Whether something must go before the ballast can be made. A flash that cannot be asked gives no reason to."""
    try:
        if files.exists(name + ".new"):
            os.remove(name + ".new")  # a try that was cut off
        space = os.statvfs(name.rpartition("/")[0])
    except OSError:
        return False
    return space[1] * space[4] < _BALLAST_BYTES + _BESIDES_BYTES


def _fill(name):
    """All of it or nothing. OSError."""
    chunk = b"\xff" * _CHUNK_BYTES  # the level of erased flash
    try:
        file = open(name, "wb")
        try:
            for _ in range(_BALLAST_BYTES // _CHUNK_BYTES):
                file.write(chunk)
        finally:
            file.close()
    except OSError:
        os.remove(name)
        raise


def _steps(name):
    """Yields what a segment holds: a record.Line that counts, or bytes that do not.

    A step whose last line is missing at the end of the segment was cut off: it never happened.
    """
    group = []
    for raw in files.lines(name):
        line, newline = record.read(raw), raw[-1:]
        if line is None and newline != b"\n":
            # Only its newline may be damaged: what was cut off would lack more than that.
            line = record.read(raw[:-1] + b"\n")
        if line is None or (group and line.sequence != group[-1][0].sequence + 1):
            if line is not None or raw[-1:] == b"\n":
                # Whole lines follow or followed: the step was finished, and its last line is damaged.
                for item in group:
                    yield item[0]
                group = []
            if line is None:
                if group:
                    for item in group:
                        yield item[1]
                    group = []
                yield raw
                continue
        group.append((line, raw))
        if not line.more:
            for item in group:
                yield item[0]
            group = []
            if newline != b"\n":
                yield newline
    for item in group:
        yield item[1]


class _Unfit(Exception):
    """A line is whole and does not say what its kind must say: no firmware of ours wrote it. Its number is noted."""


class _Recovery:
    """One run over the folder. Afterwards: state, segments (numbers), sequence, crc, bytes (of the last segment), tail
    (see Journal) and bad (paths of small files that are not readable, and copied)."""

    def __init__(self, journal, unfit):
        self.folder = journal.folder
        self._key = journal.key
        self._unfit = unfit  # sequence numbers
        self.state = state.fresh()
        self.segments = []
        self.sequence = 0
        self.crc = record.START
        self.bytes = 0
        self.tail = []
        self._small = []  # numbers of small files
        self._buffer = memoryview(bytearray(192))  # more than a small file is
        self.bad = []
        self._damaged = 0  # whole lines since the last good one that are not readable
        self._report = {"records": 0, "bad_bytes": 0, "lost": 0, "kept": [], "problem": ""}

    def run(self):
        """Reads; returns the report that Journal.recover documents."""
        try:
            self._list()
            for number in self.segments[self._newest_snapshot() :]:
                self._read(number)
            self._read_tail()
        except OSError:
            self._report["problem"] = "storage"
        self._report["lost"] += self._damaged
        if self._report["lost"]:
            state.skip(self.state, self._report["lost"])
        return self._report

    def _list(self):
        for name in files.names(self.folder):
            digits, _, kind = name.partition(".")
            if kind == "log" and digits.isdigit():
                self.segments.append(int(digits))
            elif kind == "tail" and digits.isdigit():
                self._small.append(int(digits))
        while self.segments and not files.size(path(self.folder, self.segments[-1])):
            # Made by a step that was cut off before its first byte.
            files.remove(path(self.folder, self.segments.pop()))

    def _newest_snapshot(self):
        for at in range(len(self.segments) - 1, -1, -1):
            line = record.read(files.first_line(path(self.folder, self.segments[at])))
            if line and line.record.get("kind") == "head" and line.sequence not in self._unfit:
                self.sequence, self.crc = line.sequence - 1, line.previous
                return at
        return 0

    def _read(self, number):
        bad = b""
        name = path(self.folder, number)
        self.bytes = files.size(name)
        for item in _steps(name):
            if isinstance(item, record.Line):
                if self._take(item):
                    continue
                item = "{} {}\n".format(item.crc, item.sequence).encode()
            elif item[-1:] == b"\n" and record.read(item) is None:
                self._damaged += 1
            self._report["bad_bytes"] += len(item)
            bad = (bad + item)[:_KEPT_BYTES_MAX]
        if bad:
            self._keep(path(self.folder, number, "bad"), bad)

    def _read_tail(self):
        """The small files: those that a segment has taken in are passed over, and what is missing between is lost."""
        base, damaged, lost = self.sequence, self._damaged, self._report["lost"]
        unknown = 0  # damaged ones behind the last that counts: each may have been a record
        ended = False
        for at in range(SMALL_FILES_MAX):
            name = path(self.folder, at, "tail")
            data = self._content(name) if files.exists(name) else b""
            step = tail.read(data)
            if step and step.sequence <= (self.sequence if ended else base):
                # Those behind it do not count, either; damaged, they go before one that counts is put there.
                ended = True
                continue
            if step is None:
                if data:
                    unknown += 1 if not ended and tail.lost(data) else 0
                    self._bad_file(name, data)
            elif self.segments and not ended and self._take_step(step):
                unknown = 0
                continue
            else:
                # Not what it must be, newer than one that does not count, or its segments are gone.
                unknown = max(unknown, step.sequence - self.sequence)
                self._bad_file(name, data)
            if not ended:
                self.tail.append(0)
        while self.tail and not self.tail[-1]:
            self.tail.pop()
        found_missing = self._report["lost"] - lost
        self._damaged = max(0, damaged - found_missing) + unknown

    def _content(self, name):
        """Bytes of a small file; read() would take a kilobyte for each."""
        count = files.read_into(name, 0, self._buffer)
        return files.read(name) if count == len(self._buffer) else bytes(self._buffer[:count])

    def _take_step(self, step):
        """Whether the step is of this journal; then it counts."""
        crc = step.previous
        try:
            items = [json.loads(text) for text in step.record]
        except ValueError:
            return False
        for at, item in enumerate(items):
            if not self._take(record.Line(step.crc, crc, step.sequence + at, at + 1 < len(items), item)):
                return False
            crc = step.crc
        self.tail.append(tail.size(step))
        return True

    def _bad_file(self, name, data):
        self._report["bad_bytes"] += len(data)
        if self._keep(name + "." + "bad", data):
            self.bad.append(name)

    def _take(self, line):
        """Folds the line in; False when it is not the next of this journal (seen before, or chained to another)."""
        missing = line.sequence - self.sequence - 1
        if missing < 0 or (missing == 0 and line.previous != self.crc):
            return False
        if line.sequence in self._unfit:
            self._damaged += 1
            return False
        self._report["lost"] += missing
        self._damaged = 0
        self._report["records"] += 1
        self.sequence, self.crc = line.sequence, line.crc
        try:
            _clear(line.record, self._key)
            if not shape.fits(line.record):
                raise ValueError("not what its kind must say")
            if line.record.get("kind") == "head":
                self.state = state.taken_over(line.record["state"])
            else:
                state.fold(self.state, line.record)
        except (KeyError, TypeError, ValueError, AttributeError):
            self._unfit.append(line.sequence)
            raise _Unfit()
        return True

    def _keep(self, name, bad):
        """Whether there is a copy of it now."""
        self._report["kept"].append(name)
        try:
            if not files.exists(name) or files.read(name) != bad:
                files.replace(name, bad)
                kept = [found for found in files.names(self.folder) if found[6:] == ".bad"]
                for found in kept[: max(0, len(kept) - _BAD_FILES_MAX)]:
                    files.remove(self.folder + "/" + found)
        except OSError:
            self._report["problem"] = "unkept"
            return False
        return True
