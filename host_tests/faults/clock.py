"""The terminal's clock on virtual time, as a board's is: it says nothing until it is set."""

import asyncio
import contextlib
import time
from datetime import datetime, timedelta


class Clock:
    """The clock port; what it is set to passes with the loop's time."""

    def __init__(self):
        self._wall = None

    def ticks_ms(self):
        return time.ticks_ms()

    def elapsed_ms(self, start_ms):
        return time.ticks_diff(time.ticks_ms(), start_ms)

    def now(self):
        if not self._wall:
            return None
        moment, at_s = self._wall
        moment += timedelta(seconds=asyncio.get_running_loop().time() - at_s)
        return tuple(moment.timetuple()[:6])

    def set(self, wall):
        with contextlib.suppress(ValueError):
            self._wall = datetime(*wall[:6]), asyncio.get_running_loop().time()

    def jump(self, seconds):
        if self._wall:
            self._wall = self._wall[0] + timedelta(seconds=seconds), self._wall[1]
