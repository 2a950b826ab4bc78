"""The finger on the keypad: presses keys of the matrix so that the firmware's own scan can see them."""

import asyncio

from tools.sim.panel import limits


class Finger:
    """Presses keys through the simulated matrix, one user of the API after the other.

    Time alone is no measure on a busy machine: a press also lasts until the firmware has scanned the keypad some times,
    and a screen counts as settled only when the firmware has scanned some times without changing it.
    """

    def __init__(self, station):
        self._station = station
        self._lock = asyncio.Lock()
        self._held = {}
        self._stuck = False

    async def press(self, keys: list, hold_ms: int):
        """Each key down for `hold_ms` and up again, one after the other; ends when the screen has settled.

        Like a person, it does not press while a slip is being printed or the screen changes: at such moments firmware
        rightly forgets keys. `down` and `up` do not wait.
        """
        async with self._lock:
            self._stuck = False
            await self._printed()
            await self.settle(heed_host=False)
            for key in keys:
                self._station.key_down(key)
                try:
                    await self._last(hold_ms, limits.SCANS_DOWN)
                finally:
                    self._station.key_up(key)
                await self._last(limits.GAP_MS, limits.SCANS_UP)
            await self.settle()

    async def down(self, key: str):
        """Puts the finger on one key; it goes up with `up`, or by itself after KEY_DOWN_MS_MOST."""
        async with self._lock:
            if key in self._held:
                return
            self._stuck = False
            self._station.key_down(key)
            loop = asyncio.get_running_loop()
            self._held[key] = loop.call_later(limits.KEY_DOWN_MS_MOST / 1000, self._release, key)
            await self._last(limits.HOLD_MS, limits.SCANS_DOWN)

    async def up(self, key: str):
        """Takes the finger off a key."""
        async with self._lock:
            if self._release(key):
                await self._last(limits.GAP_MS, limits.SCANS_UP)

    async def settle(self, heed_host=True):
        """Waits until the screen stays as it is and the host owes no answer, SETTLE_MS_MOST at most."""
        loop = asyncio.get_running_loop()
        end = loop.time() + limits.SETTLE_MS_MOST / 1000
        while loop.time() < end:
            before = self._station.display_version
            await self._last(limits.QUIET_MS, limits.SCANS_QUIET)
            waits = heed_host and self._station.waits_for_host
            if self._station.display_version == before and not waits:
                return

    async def _printed(self):
        """Waits until the printer has nothing to do, PRINT_MS_MOST at most."""
        loop = asyncio.get_running_loop()
        end = loop.time() + limits.PRINT_MS_MOST / 1000
        while self._station.printing and loop.time() < end:
            await asyncio.sleep(limits.POLL_MS / 1000)

    def _release(self, key) -> bool:
        timer = self._held.pop(key, None)
        if timer is None:
            return False
        timer.cancel()
        self._station.key_up(key)
        return True

    async def _last(self, time_ms: int, scans: int):
        """Lets `time_ms` and that many scans of the keypad pass; without scans, STUCK_MS more and no longer."""
        loop = asyncio.get_running_loop()
        first = self._station.scans
        end = loop.time() + (time_ms + limits.STUCK_MS) / 1000
        await asyncio.sleep(time_ms / 1000)
        while self._station.power == "on" and not self._stuck and self._station.scans - first < scans:
            self._stuck = loop.time() >= end
            await asyncio.sleep(0.004)
