"""One bit of a journal's file turns over after a day: told, the rest there, no wrong amount, no number used twice.

Runs on both interpreters; `python -m host_tests.secrets flips` runs it with every bit.
"""

import sys

if __name__ == "__main__":
    sys.path[:] = sys.argv[2:] + [p for p in sys.path if p.startswith(".")]

import power_cut
import records
from pos.domain import totals
from pos.journal import files
from pos.journal.journal import Journal

SMALL = 1500  # bytes a segment, so that a day fills several
SMALL_FILES = (0, 3, 8)
AMOUNTS_MINOR = (1030, 1000, 30)  # of the day; one record less may hide one of its two sales


def write_day(folder, steps=None, slots=8):
    book = Journal(folder, SMALL, slots)
    book.recover()
    for step in records.DAY[:steps]:
        book.append(*step)
    return book


class Sweep:
    """every, offset: which bits. bits: how many were tried; problems: what was not as it must be, as texts."""

    def __init__(self, every=1, offset=0):
        self._every = every
        self._number = offset
        self.bits = 0
        self.problems = []

    def run(self):
        for slots in SMALL_FILES:
            before = write_day(power_cut.folder(), slots=slots)
            whole = {name: files.read(before.folder + "/" + name) for name in files.names(before.folder)}
            for name in whole:
                for at in range(8 * len(whole[name])):
                    self._number += 1
                    if self._number % self._every == 0:
                        self.bits += 1
                        self._check(before, whole, name, at)
        return self

    def summary(self):
        return f"{self.bits} bits, {len(self.problems)} not as they must be"

    def _check(self, before, whole, name, bit):
        folder, where = before.folder, f"{before.limit} small files, {name}, bit {bit}"
        for other in files.names(folder):
            files.remove(folder + "/" + other)
        for other in whole:
            files.replace(folder + "/" + other, flipped(whole[other], bit) if other == name else whole[other])
        book = Journal(folder, SMALL, before.limit)
        report = book.recover()
        now = book.state
        kept = list(book.scan())
        self._need(report["problem"] == "", "a problem: " + report["problem"], where)
        newest = name == sorted(other for other in whole if other.endswith(".log"))[-1]
        if newest or counts(before, name):
            self._need(report["bad_bytes"] and report["kept"], "not told", where)
            self._need(now["trace"] >= 5 and book.free_trace() > 6, "a trace number is used again", where)
        elif not name.endswith(".tail") or not report["bad_bytes"]:
            # The newest snapshot stands for all before it.
            self._need(now == before.state, "another state", where)
        missing = [item for step in records.DAY for item in step if item not in kept]
        # One bit costs one line, two when it was the newline between them; or one step in a small file.
        self._need(len(missing) <= (3 if name.endswith(".tail") else 2), f"{len(missing)} records are gone", where)
        self._need(totals.sides(now["totals"])[1] in AMOUNTS_MINOR, "an amount that never was", where)
        again = Journal(folder, SMALL, before.limit)
        self._need(again.recover()["bad_bytes"] == 0 and again.state == now, "not settled after the first start", where)

    def _need(self, right, what, where):
        if not right:
            self.problems.append(where + ": " + what)


def flipped(data, bit):
    """The bytes with one bit of them turned over."""
    damaged = bytearray(data)
    damaged[bit >> 3] ^= 1 << (bit & 7)
    return bytes(damaged)


def counts(journal, name):
    """Whether it is a small file that no segment has taken in."""
    return name.endswith(".tail") and int(name[:6]) < len(journal.tail)


if __name__ == "__main__":
    swept = Sweep(int(sys.argv[1])).run()
    for problem in swept.problems[:20]:
        print(problem)
    print(swept.summary())
