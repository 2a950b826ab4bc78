"""One bit at a time of what a deletion leaves on the flash: its plan, `deletions.log`, its lines in the segments.

Points of a deletion: each moment between two file operations at which the power could go and a plan is there. Runs on
both interpreters; `python -m host_tests.secrets flips` runs it with every bit.
"""

import sys

if __name__ == "__main__":
    sys.path[:] = sys.argv[2:] + [p for p in sys.path if p.startswith(".")]

import power_cut
from books import again, book, settle, traces, trade
from pos.journal import deletion, evidence, history
from pos.journal.errors import JournalError

ABOUT = {"operator": "99", "reason": "01", "at": "2026-03-05 10:00:00"}
BATCHES = (7, 8)


def traded():
    """Batches 7 and 8 are settled, 9 is open."""
    journal = book()
    for batch in BATCHES:
        trade(journal, amount_minor=batch)
        trade(journal, amount_minor=100)
        settle(journal)
    trade(journal)
    return journal


def of_batch_seven(tx):
    return tx.get("batch") == BATCHES[0]


def delete(journal):
    plan = deletion.Plan(journal, of_batch_seven)
    for _ in plan.look():
        pass
    for _ in plan.carry_out(ABOUT):
        pass
    return journal


class Sweep:
    """every: each how many-th bit. bits: how many were tried; problems: what was not as it must be, as texts."""

    def __init__(self, every=1):
        self._every = every
        self._number = 0
        self.bits = self.points = 0
        self.problems = []

    def run(self):
        self.plan()
        self.evidence()
        self.segments()
        return self

    def summary(self):
        return f"{self.bits} bits, {len(self.problems)} not as they must be"

    def plan(self):
        """At each point of a deletion at which there is a plan, prepared, half carried out and done."""
        before = traces(history.newest_first(traded()))
        after = traces(history.newest_first(delete(traded())))
        cut_at = 0
        while True:
            cut_at += 1
            journal = traded()
            if not power_cut.Supply(cut_at).cuts(delete, journal):
                return
            name = journal.folder + "/deletion.plan"
            if power_cut._disk.get(name):
                self.points += 1
                self._each(journal.folder, name, (before, after), cut_at)

    def evidence(self):
        """Of segments that were dropped, and those that stay."""
        journal = delete(traded())
        settle(journal)
        for _ in range(6):
            trade(journal)
        settle(journal)
        for _ in range(3):
            trade(journal)
        deletion.drop_oldest(journal, 2)
        self._lines(journal, journal.folder + "/deletions.log")

    def segments(self):
        """Where the lines stand at first."""
        journal = delete(traded())
        for number in journal.segments:
            name = f"{journal.folder}/{number:06d}.log"
            if b'"delet' in power_cut._disk[name]:
                self._lines(journal, name)

    def _each(self, folder, name, possible, point):
        for whole, bit in self._flips(folder, name):
            where = f"plan, point {point} bit {bit}"
            journal = again(book_in(folder))
            had = traces(history.newest_first(journal))
            decided = opened(journal)
            told = False
            try:
                deletion.resume(journal)
            except JournalError:
                told = True
            found = traces(history.newest_first(journal))
            last = list(evidence.deletions(journal))[-1:]
            self._need(found == had, "no record goes by a damaged plan", where)
            self._need(set(possible[1]) <= set(found) <= set(possible[0]), "only what was meant is gone", where)
            self._need(told == decided, "the operator is told when it was begun", where)
            if decided:
                reasons = [item.get("reason") for item in evidence.deletions(journal)]
                self._need(evidence.BROKEN_OFF in reasons, "it is on record that it went no further", where)
            self._need(not last or last[0]["kind"] == "deleted", "nothing is left open", where)
            self._goes_on(journal, where)
            self._put_back(folder, whole)

    def _lines(self, journal, name):
        folder = journal.folder
        right = [dict(item) for item in evidence.deletions(journal)]
        for whole, bit in self._flips(folder, name):
            where = f"{name[len(folder) + 1 :]} bit {bit}"
            started = again(book_in(folder))
            found = list(evidence.deletions(started))
            readable = [item for item in found if item.get("reason") != evidence.UNREADABLE]
            for item in readable:
                self._need(item in right, "no line says anything else", where)
            if len(readable) < len(right):
                self._need(len(found) > len(readable), "what cannot be read is told", where)
            self._goes_on(started, where)
            self._put_back(folder, whole)

    def _goes_on(self, journal, where):
        """The next start finds nothing to do, and the next deletion works."""
        self._need(not deletion.resume(again(journal)), "once is enough", where)
        started = again(journal)
        self._need(len(list(deletion.Plan(started, of_batch_seven).look())) <= 2, "another can be planned", where)

    def _flips(self, folder, name):
        """Yields (the files as they were, bit), with that bit turned over."""
        whole = {path: power_cut._disk[path] for path in power_cut._disk if path.startswith(folder + "/")}
        for bit in range(8 * len(whole[name])):
            self._number += 1
            if self._number % self._every:
                continue
            self.bits += 1
            data = bytearray(whole[name])
            data[bit >> 3] ^= 1 << (bit & 7)
            power_cut._disk[name] = bytes(data)
            yield whole, bit

    def _put_back(self, folder, whole):
        for path in list(power_cut._disk):
            if path.startswith(folder + "/"):
                del power_cut._disk[path]
        power_cut._disk.update(whole)

    def _need(self, right, what, where):
        if not right:
            self.problems.append(where + ": " + what)


def book_in(folder):
    """Not read yet."""
    from pos.journal.journal import Journal

    return Journal(folder, 700, 2)


def opened(journal):
    """Whether the newest deletion on record has begun and is not done."""
    return [item["kind"] for item in evidence.deletions(journal)][-1:] == ["deleting"]


if __name__ == "__main__":
    swept = Sweep(int(sys.argv[1])).run()
    for problem in swept.problems[:20]:
        print(problem)
    print(swept.summary())
