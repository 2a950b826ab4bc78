"""Analogue input and pulse width of the fake `machine`."""

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


class PWM:
    """One pin, its frequency, and its share of time at one. As on the chip it begins with half of the time when it is
    not told, so whoever wants silence says so."""

    def __init__(self, dest, *, freq=5000, duty_u16=32768):
        self._pin = machine.number(dest)
        self._freq = freq
        self._duty = duty_u16
        self._set()

    def freq(self, value=None):
        if value is None:
            return self._freq
        if not 1 <= value <= 40000000:
            raise ValueError("freq")
        self._freq = value
        return self._set()

    def duty_u16(self, value=None):
        if value is None:
            return self._duty
        if not 0 <= value <= 65535:
            raise ValueError("duty")
        self._duty = value
        return self._set()

    def deinit(self):
        self.duty_u16(0)

    def _set(self):
        wire.backend.pwm(self._pin, self._freq, self._duty)
