"""A step packed into a small file comes back as it was, takes the room that was said, or is not packed at all."""

import json

from pos.journal import pack, tail
from pos.journal.words import KEYS, WORDS

STEPS = 1500
NAMES = [key.decode()[1:-3] for key in KEYS.split(b"|")[:-1]] + ["fresh", "a|b", "é"]
WORDY = [json.loads(word) for word in WORDS.split(b"|")[:-1]]
ODD = [
    "",
    " ",
    "|",
    '"',
    "\\",
    "a{b}",
    "line\nline",
    "\x7f",
    "餐 ÿ",
    "0",
    "007",
    "9" * 63,
    "9" * 64,
    "x" * 63,
    "x" * 64,
]
ODD += [0, 1, 63, 255, 10**12, -1, False, None, [1, 2], {"sale": [1, 100]}]


class _Dice:
    """The same numbers on both interpreters."""

    def __init__(self, seed):
        self._state = seed

    def roll(self, sides):
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 12) % sides

    def pick(self, items):
        return items[self.roll(len(items))]

    def fields(self):
        return {self.pick(NAMES): self.pick(self.pick((WORDY, WORDY, ODD))) for _ in range(self.roll(5))}

    def record(self):
        record = self.fields()
        if self.roll(2):
            record["tx"] = self.fields()
        return record


def test_what_is_packed_comes_back():
    dice = _Dice(7)
    count = 0
    for sequence in range(1, STEPS):
        items = [dice.record() for _ in range(1 + dice.roll(3))]
        previous = f"{dice.roll(2**19):08x}"
        packed = pack.write(items, sequence, previous)
        if packed is None:
            continue
        data, size, crc = packed
        step = tail.read(data)
        assert step is not None and len(data) <= 128, items
        assert [json.loads(text) for text in step.record] == items
        assert (step.sequence, step.previous, step.crc) == (sequence, previous, crc)
        assert tail.size(step) == size, items
        count += 1
    assert count > STEPS // 4


def test_what_a_sale_says_is_packed():
    card, trace = "6200000000000013", 123_456
    sale = {"type": "sale", "trace": trace, "batch": 77, "amount_minor": 1_234_500, "card": card, "operator": "01"}
    sale.update({"entry": "nfc", "date": "20260715", "time": "120000"})
    answer = {"kind": "result", "trace": trace, "state": "approved", "code": "00", "auth": "123456", "rrn": "0" * 12}
    for item in ({"kind": "intent", "tx": sale}, answer, {"kind": "printed", "trace": trace, "slips": 2}):
        assert pack.write([item], 10**6, "89abcdef") is not None


def test_what_is_too_long_is_not_packed():
    assert pack.write([{"kind": "audit", "what": "x" * 200}], 1, "00000000") is None
    assert pack.write([{"kind": "told", "trace": 1}] * 40, 1, "00000000") is None
