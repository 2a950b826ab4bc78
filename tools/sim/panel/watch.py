"""Notices every change of the simulated terminal, and wakes whoever waits for one."""

import asyncio

from tools.sim.panel import limits


class Watch:
    """Looks at a station every POLL_MS; nobody who waits has to look for himself.

    `station.stamp()` gives a cheap tuple that differs whenever something visible changed.
    """

    def __init__(self, station):
        self._station = station
        self._stamp = None
        self._changed = asyncio.Event()

    async def run(self):
        """Looks for ever; cancel it to end."""
        while True:
            self._station.note_traffic()
            stamp = self._station.stamp()
            if stamp != self._stamp:
                self._stamp = stamp
                self.wake()
            await asyncio.sleep(limits.POLL_MS / 1000)

    def wake(self):
        """Wakes all who wait, as if something had changed."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def change(self, timeout_s: float) -> bool:
        """Waits for the next change; False when none came in time."""
        changed = self._changed
        try:
            await asyncio.wait_for(changed.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    async def until(self, holds, timeout_s: float) -> bool:
        """Waits until `holds()` is true; it is asked again after each change. False when time is up."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        while not holds():
            left = end - loop.time()
            # What is left may be less than the clock can tell: once it was waited for, time is up.
            if left <= 0 or not await self.change(left):
                return holds()
        return True
