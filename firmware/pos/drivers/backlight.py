"""The display's backlight: as bright as it is set, dim after a while without a key. Always loaded."""

import asyncio

from micropython import const

DIM_AFTER_MS = const(60_000)
_LOOK_MS = const(1_000)
# Share of 65535 for each brightness, the dim one first; the eye takes growing steps for equal ones.
_DUTIES = const((1_500, 4_000, 10_000, 20_000, 38_000, 65_535))


class Backlight:
    """pwm: `duty_u16(share)`, at a frequency that no eye sees. brightness: 1 to 5."""

    def __init__(self, pwm, clock):
        self._pwm = pwm
        self._clock = clock
        self._bright = 5
        self._dim = False
        self._ms = clock.ticks_ms()

    def set(self, brightness):
        """Takes effect at once."""
        self._bright = brightness
        self._dim = True
        self.wake()

    def wake(self):
        """Somebody is there."""
        self._ms = self._clock.ticks_ms()
        if self._dim:
            self._dim = False
            self._pwm.duty_u16(_DUTIES[self._bright])

    async def run(self):
        """Dims, for ever."""
        while True:
            if not self._dim and self._clock.elapsed_ms(self._ms) >= DIM_AFTER_MS:
                self._dim = True
                self._pwm.duty_u16(_DUTIES[0])
            await asyncio.sleep_ms(_LOOK_MS)
