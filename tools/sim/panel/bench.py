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
        async with self._card:
            reads = self.station.card_reads()
            self.station.present_card(number)
            self.watch.wake()
            try:
                await self.watch.until(lambda: self.station.card_reads() != reads, hold_ms / 1000)
            finally:
                self.station.remove_card()
                self.watch.wake()
            await self.finger.settle()

    async def hold_code(self, code: str, hold_ms: int):
        """Holds a code before the scanner until it was read, or `hold_ms`; returns when the screen has settled."""
        async with self._code:
            reads = self.station.code_reads()
            self.station.present_code(code)
            self.watch.wake()
            try:
                await self.watch.until(lambda: self.station.code_reads() != reads, hold_ms / 1000)
            finally:
                self.station.remove_code()
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
