"""Lines with a mark, in both directions, against reading whole segments: random lengths, garbage, torn ends."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import power_cut
from pos.journal import files, record
from pos.journal.journal import Journal, path
from pos.journal.lines import Lines

SLOW = True
MARKS = (b'"kind": "odd"', b'"kind": "even"')
WINDOW = 768


class Dice:
    """The same numbers on both interpreters."""

    def __init__(self, seed):
        self._state = seed * 2654435761 % 4294967296 or 1

    def randrange(self, first, end=None):
        if end is None:
            first, end = 0, first
        self._state = (self._state * 1103515245 + 12345) % 2147483648
        return first + (self._state >> 8) % (end - first)

    def choice(self, items):
        return items[self.randrange(len(items))]


def segments(dice):
    """A journal of some segments with lines of random kinds and lengths, and now and then garbage or a torn end."""
    power_cut.forget()
    journal = Journal(power_cut.folder())
    sequence = 0
    for number in range(1, 2 + dice.randrange(4)):
        data = b""
        for _ in range(dice.randrange(25)):
            sequence += 1
            kind = dice.choice(("odd", "even", "other", "other"))
            length = dice.choice((0, 3, 40, 200, 500, dice.randrange(900), dice.randrange(900, 1100), 1900))
            data += record.write({"kind": kind, "n": sequence, "x": "y" * length}, sequence, record.START, False)[0]
            if not dice.randrange(20):
                data += dice.choice((b"\n", b"rubbish\n", b"z" * dice.randrange(3000) + b"\n"))
        if not dice.randrange(4):
            data += dice.choice((b"torn", b"t" * 1500, torn_step(dice, 1), torn_step(dice, 9)))
        files.replace(path(journal.folder, number), data)
        journal.segments.append(number)
    return journal


def torn_step(dice, lines):
    """Whole lines of a step that was cut off before its last one, and perhaps some bytes of that."""
    data = b""
    for at in range(lines):
        data += record.write({"kind": "odd", "x": "y" * dice.randrange(300)}, 9 + at, record.START, True)[0]
    return data + b"torn"[: dice.randrange(5)]


def expected(journal):
    """The marked lines that can be shown, oldest first. A whole line that its step left open at the end is none."""
    found = []
    for number in journal.segments:
        lines = list(files.lines(path(journal.folder, number)))
        while lines and (lines[-1][-1:] != b"\n" or (record.read(lines[-1]) and record.read(lines[-1]).more)):
            if len(lines[-1]) >= WINDOW:
                break
            lines.pop()
        found.extend([raw for raw in lines if any(mark in raw for mark in MARKS) and len(raw) < WINDOW])
    return [raw for raw in found if raw[-1:] == b"\n"]


def shown(lines):
    return bytes(lines.buffer[lines.start : lines.end])


def test_all_the_way_back_and_forth():
    for seed in range(400):
        journal = segments(Dice(seed))
        lines, back, forth = Lines(journal, MARKS), [], []
        while lines.older():
            back.append(shown(lines))
        assert back[::-1] == expected(journal), seed
        while lines.newer():
            forth.append(shown(lines))
        assert forth == expected(journal), seed
        assert not lines.newer() and (not forth or lines.older())


def test_turning_round_anywhere():
    for seed in range(200):
        dice = Dice(seed)
        journal = segments(dice)
        wanted = expected(journal)
        lines, at, places = Lines(journal, MARKS), len(wanted), {}
        for _ in range(60):
            if dice.randrange(2):
                passed, moved = lines.older(), at > 0
                at = max(0, at - 1)
                line = at
            else:
                passed, moved = lines.newer(), at < len(wanted)
                line = at
                at = min(len(wanted), at + 1)
            assert passed == moved, (seed, at)
            if moved:
                assert shown(lines) == wanted[line], (seed, at)
                assert places.setdefault(line, lines.place()) == lines.place(), (seed, at)


def test_numbers_and_texts_of_a_line():
    power_cut.forget()
    journal = Journal(power_cut.folder())
    values = {"kind": "odd", "trace": 12, "original_trace": 7, "name": "abc", "last": 999999}
    files.replace(path(journal.folder, 1), record.write(values, 1, record.START, False)[0])
    journal.segments.append(1)
    lines = Lines(journal, MARKS)
    assert lines.older()
    assert lines.number(b'"trace": ') == 12 and lines.number(b'"original_trace": ') == 7
    assert lines.number(b'"last": ') == 999999 and lines.number(b'"none": ') == -1
    assert lines.text(b'"name": "') == "abc" and lines.text(b'"none": "') == ""
    assert lines.record() == values and lines.whole()


def test_the_same_place_for_another_reader():
    journal = segments(Dice(5))
    wanted = expected(journal)
    first = Lines(journal, MARKS)
    for at in range(len(wanted) - 1, -1, -1):
        assert first.older()
        second = Lines(journal, MARKS)
        second.go(first.here())
        rest = []
        while second.newer():
            rest.append(shown(second))
        assert rest == wanted[at:], at
