"""Rarely used parts of the fake `machine`: analogue input and watchdog."""

import machine
import wire


class ADC:
    """An analogue input."""

    ATTN_11DB = 3

    def __init__(self, pin, *, atten=ATTN_11DB):
        self._pin = machine.number(pin)

    def read_u16(self):
        return wire.backend.adc_read(self._pin)

    def read_uv(self):
        """Microvolts, over the 3.3 V that the widest attenuation reads."""
        return self.read_u16() * 3300000 // 65535


class WDT:
    """The watchdog: once started it cannot be stopped."""

    def __init__(self, id=0, timeout=5000):
        wire.backend.wdt_start(timeout)

    def feed(self):
        wire.backend.wdt_feed()
