"""Time: milliseconds that only go forward, and the wall clock in the chip's RTC."""

import time

from micropython import const

# The ESP32's RTC starts at 2000 after power-on; nothing was traded with this software before this year.
_YEAR_MIN = const(2024)


class Clock:
    """The one source of time for everything above. rtc: an object with `datetime()` like machine.RTC, which is the
    default."""

    def __init__(self, rtc=None):
        if rtc is None:
            from machine import RTC

            rtc = RTC()
        self._rtc = rtc

    def ticks_ms(self):
        """Milliseconds since some moment; wraps, so use only with `elapsed_ms`."""
        return time.ticks_ms()

    def elapsed_ms(self, start_ms) -> int:
        """Milliseconds since `ticks_ms()` gave start_ms; good for up to six days."""
        return time.ticks_diff(time.ticks_ms(), start_ms)

    def now(self):
        """(year, month, day, hour, minute, second), or None when the clock has not been set since power-on."""
        year, month, day, _, hour, minute, second, _ = self._rtc.datetime()
        if year < _YEAR_MIN:
            return None
        return (year, month, day, hour, minute, second)

    def set(self, wall):
        """Sets the wall clock from such a tuple."""
        year, month, day, hour, minute, second = wall
        self._rtc.datetime((year, month, day, 0, hour, minute, second, 0))
