"""An asyncio event loop whose clock jumps to the next timer instead of waiting: hours pass in seconds.

Real input still works: before time jumps, sockets that are ready are served. Only code that waits for another
thread or process must not run on it, since such an answer would arrive after its time-out in virtual time.
"""

import asyncio
import selectors

from tools.sim.cpython import shims


class _JumpingSelector(selectors.DefaultSelector):
    """Selects without waiting and tells the loop how far to move its clock."""

    advance_s = None

    def select(self, timeout=None):
        events = super().select(0)
        if events:
            return events
        if timeout is None:
            return super().select(1)
        if timeout > 0:
            self.advance_s(timeout)
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop on a clock of its own that starts at 0; `us()` and `sleep_us()` make it a time source of the shims."""

    def __init__(self):
        selector = _JumpingSelector()
        super().__init__(selector)
        self._now_us = 0
        selector.advance_s = self._advance_s

    def _advance_s(self, seconds):
        # Never by nothing: a time-out below the resolution would spin for ever.
        self._now_us += max(1, round(seconds * 1_000_000))

    def time(self):
        return self._now_us / 1_000_000

    def us(self):
        return self._now_us

    def sleep_us(self, us):
        self._now_us += us


def run(coroutine):
    """Runs a coroutine to its end on a new virtual clock and returns its result; what still runs then is cancelled."""
    loop = VirtualTimeLoop()
    previous = shims.set_time_source(loop)
    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            return runner.run(coroutine)
    finally:
        shims.set_time_source(previous)
