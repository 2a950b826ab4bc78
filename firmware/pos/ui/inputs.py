"""The one queue through which keys, cards and scanned codes reach the widgets."""

import asyncio

LIMIT = 16  # more key presses than anybody types ahead on purpose

KEY = "KEY"
REPEAT = "REPEAT"
HOLD = "HOLD"
CARD = "CARD"
SCAN = "SCAN"
_KEY_KINDS = (KEY, REPEAT, HOLD)  # the keypad driver's PRESS=0, REPEAT=1, HOLD=2


class Inputs:
    """A bounded queue of (kind, value). When it is full the newest input is dropped and counted in `dropped`:
    what was typed first is what the operator saw an answer to. `pressed()` is called for each key that goes down."""

    def __init__(self, limit=LIMIT):
        self._queue = []
        self._limit = limit
        self._arrived = asyncio.Event()
        self.dropped = 0
        self.pressed = None

    def put(self, kind, value):
        if len(self._queue) >= self._limit:
            self.dropped += 1
            return
        self._queue.append((kind, value))
        self._arrived.set()

    def on_key(self, key, kind):
        """The keypad driver's `emit`."""
        if self.pressed and not kind:
            self.pressed()
        self.put(_KEY_KINDS[kind], key)

    def on_card(self, number):
        """The card reader's `emit`."""
        self.put(CARD, number)

    def on_scan(self, code):
        """The scanner's `emit`."""
        self.put(SCAN, code)

    def put_back(self, kind, value):
        """What was taken and belongs to whoever asks next."""
        self._queue.insert(0, (kind, value))

    def digit_waits(self):
        """Whether a digit is the next that comes."""
        return bool(self._queue) and self._queue[0][0] == KEY and self._queue[0][1].isdigit()

    def clear(self):
        """Forget what was typed ahead, so that it cannot answer a question not yet asked."""
        del self._queue[:]
        self._arrived.clear()

    async def get(self, timeout_ms=None):
        """The next (kind, value), or None when nothing came within `timeout_ms` (None: wait for ever)."""
        if not self._queue:
            self._arrived.clear()
            if timeout_ms is None:
                await self._arrived.wait()
            else:
                try:
                    await asyncio.wait_for_ms(self._arrived.wait(), timeout_ms)
                except asyncio.TimeoutError:
                    return None
        return self._queue.pop(0)
