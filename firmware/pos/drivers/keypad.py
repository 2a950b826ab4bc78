"""Matrix keypad: scan, debounce, press, repeat and hold, with ghost keys rejected."""

import asyncio
import time

from micropython import const

PRESS = 0
REPEAT = 1
HOLD = 2

_SCAN_MS = const(10)
# A membrane contact bounces for up to some 10 ms; a finger stays for at least 50 ms.
_DEBOUNCE_MS = const(20)
_REPEAT_FIRST_MS = const(500)
_REPEAT_EVERY_MS = const(120)
# A key that is stuck (or a thing that lies on it) must not keep the terminal awake for ever.
_REPEATS_MAX = const(100)
_HOLD_MS = const(800)
# A released column rises through the pull-up of 45 kohm into some 100 pF of cable: 5 time constants.
_SETTLE_US = const(25)
_REPEATING = const(("UP", "DOWN"))


class MatrixKeypad:
    """Keys of a matrix without diodes.

    row_pins are open-drain outputs, col_pins inputs with pull-up, legend is a tuple of rows of key names.
    `emit(key, kind)` is called with kind PRESS when a key goes down, then REPEAT again and again (UP and DOWN) or
    HOLD once (all others) while it stays down. It is called from `run()`, never from an interrupt.

    Three keys at the corners of a rectangle show the fourth one pressed too. So whatever looks like more than one
    key is not believed: no new key is accepted before only one is down.
    """

    def __init__(self, row_pins, col_pins, legend, emit, clock):
        self._rows = row_pins
        self._cols = col_pins
        self._legend = legend
        self._emit = emit
        self._clock = clock
        self._seen = 0  # mask of the last scan, and since when it has been like this
        self._seen_ms = 0
        self._stable = 0  # debounced mask
        self._accepted = 0  # mask of the key that was last emitted, until all are up
        self._key = None  # its name, while it alone is down
        self._since_ms = 0
        self._wait_ms = 0
        self._left = 0
        self._drive(0)

    def _drive(self, level):
        for pin in self._rows:
            pin.value(level)

    def _read(self):
        mask = 0
        for index, pin in enumerate(self._cols):
            if not pin.value():
                mask |= 1 << index
        return mask

    def _scan(self):
        """A bit for each key that conducts, row by row. All rows are low between scans, so that an idle keypad
        costs one look at the columns."""
        if not self._read():
            return 0
        self._drive(1)
        mask = shift = 0
        for pin in self._rows:
            time.sleep_us(_SETTLE_US)
            pin.value(0)
            mask |= self._read() << shift
            pin.value(1)
            shift += len(self._cols)
        self._drive(0)
        return mask

    def step(self):
        """One scan and what follows from it."""
        mask = self._scan()
        if mask != self._seen:
            self._seen = mask
            self._seen_ms = self._clock.ticks_ms()
        elif mask != self._stable:
            # By the clock, not by a count of scans: a busy event loop scans late.
            if self._clock.elapsed_ms(self._seen_ms) >= _DEBOUNCE_MS:
                self._stable = mask
                self._changed(mask)
        elif self._left:
            self._aged()

    def _changed(self, mask):
        self._left = 0
        if mask & (mask - 1):
            return
        if mask == self._accepted:
            return  # the second of two keys was let go: the first one has been told already
        self._accepted = mask
        if not mask:
            return
        index = 0
        while not mask >> index & 1:
            index += 1
        row, col = divmod(index, len(self._cols))
        self._key = self._legend[row][col]
        self._since_ms = self._clock.ticks_ms()
        repeats = self._key in _REPEATING
        self._wait_ms = _REPEAT_FIRST_MS if repeats else _HOLD_MS
        self._left = _REPEATS_MAX if repeats else 1
        self._emit(self._key, PRESS)

    def _aged(self):
        if self._clock.elapsed_ms(self._since_ms) < self._wait_ms:
            return
        self._left -= 1
        self._since_ms = self._clock.ticks_ms()
        self._wait_ms = _REPEAT_EVERY_MS
        self._emit(self._key, REPEAT if self._key in _REPEATING else HOLD)

    async def run(self):
        """Scans for ever."""
        while True:
            self.step()
            await asyncio.sleep_ms(_SCAN_MS)
