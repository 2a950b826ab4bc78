"""What a user of the panel does that takes time: presses keys, holds a card or a code, switches the power."""

import asyncio

from tools.sim.panel.finger import Finger
from tools.sim.panel.watch import Watch


class Bench:
    """One station with the hands that work on it."""

    def __init__(self, station):
        self.station = station
        self.watch = Watch(station)
        self.finger = Finger(station)
        self.closing = False
        self._card = asyncio.Lock()
        self._code = asyncio.Lock()
        self._power = asyncio.Lock()

    def close(self):
        """Ends all that waits, so that the server can stop."""
        self.closing = True
        self.watch.wake()

    async def hold_card(self, number: str, hold_ms: int):
        """Holds a card to the reader until it was read, or `hold_ms`; returns when the screen has settled."""
        station = self.station
        async with self._card:
            before = station.card_reads()
            station.present_card(number)
            await self._until(lambda: station.card_reads() != before, station.remove_card, hold_ms)

    async def hold_code(self, code: str, hold_ms: int):
        """Holds a code before the scanner until it was read, or `hold_ms`; returns when the screen has settled."""
        station = self.station
        async with self._code:
            before = station.code_reads()
            station.present_code(code)
            await self._until(lambda: station.code_reads() != before, station.remove_code, hold_ms)

    async def _until(self, read, remove, hold_ms):
        """Takes away what is held as soon as it was read."""
        self.watch.wake()
        try:
            await self.watch.until(read, hold_ms / 1000)
        finally:
            remove()
            self.watch.wake()
        await self.finger.settle()

    async def switch_power(self, wanted: str):
        """`off` cuts the power with no warning, `on` gives it back, `cycle` does both."""
        async with self._power:
            if wanted in ("off", "cycle") and self.station.power == "on":
                await self.station.power_off()
                self.watch.wake()
            if wanted in ("on", "cycle") and self.station.power == "off":
                await self.station.power_on()
                self.watch.wake()
