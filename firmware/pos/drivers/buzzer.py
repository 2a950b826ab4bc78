"""A passive buzzer: short tones that nobody waits for. Always loaded."""

import asyncio

from micropython import const

# Pairs of bytes: pitch in 50 Hz (0 is a pause), length in 10 ms.
_TONES = {
    "click": b"\x28\x01",
    "approved": b"\x28\x08\x35\x0c",
    "error": b"\x10\x0f\x00\x08\x10\x0f",
}
_HZ = const(50)
_UNIT_MS = const(10)
# Share of 65535 at one for each volume: half of it is the loudest, and the ear takes a quarter for half as loud.
_DUTIES = const((0, 800, 5000, 32768))


class Buzzer:
    """pwm: `freq(hz)`, `duty_u16(share of 65535)`, silent when it is handed over. volume: 0 (none) to 3."""

    def __init__(self, pwm):
        self.volume = 2
        self._pwm = pwm
        self._task = None
        self._turn = 0

    def play(self, name):
        """Begins "click", "approved" or "error"; what still sounds gives way, but not to a click."""
        if not self.volume:
            return
        if self._task and not self._task.done():
            if name == "click":
                return
            self._task.cancel()
        self._turn += 1
        self._task = asyncio.create_task(self._sound(_TONES[name], self._turn))

    async def _sound(self, tones, turn):
        try:
            for at in range(0, len(tones), 2):
                if tones[at]:
                    self._pwm.freq(tones[at] * _HZ)
                self._pwm.duty_u16(_DUTIES[self.volume] if tones[at] else 0)
                await asyncio.sleep_ms(tones[at + 1] * _UNIT_MS)
        finally:
            if turn == self._turn:  # else another has begun already
                self._pwm.duty_u16(0)
