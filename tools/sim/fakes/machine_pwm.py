"""Pulse width of the fake `machine`: one pin, its frequency and its share of time at one."""

import machine
import wire


class PWM:
    """As on the chip: without a duty cycle it begins with half of the time, so whoever wants silence says so."""

    def __init__(self, dest, *, freq=5000, duty_u16=32768):
        self._pin = machine.number(dest)
        self._freq = freq
        self._duty = duty_u16
        self._set()

    def init(self, *, freq=None, duty_u16=None):
        if freq is not None:
            self.freq(freq)
        if duty_u16 is not None:
            self.duty_u16(duty_u16)

    def freq(self, value=None):
        if value is None:
            return self._freq
        if not 1 <= value <= 40000000:
            raise ValueError("frequency must be from 1Hz to 40MHz")
        self._freq = value
        return self._set()

    def duty_u16(self, value=None):
        if value is None:
            return self._duty
        if not 0 <= value <= 65535:
            raise ValueError("duty_u16 must be from 0 to 65535")
        self._duty = value
        return self._set()

    def deinit(self):
        self._duty = 0
        self._set()

    def _set(self):
        wire.backend.pwm(self._pin, self._freq, self._duty)
