"""Stand-in for the ESP32's `machine` module, on MicroPython and CPython alike: every call goes down the wire.

Only what firmware may use of it is here; names, constants, and defaults are the ESP32 port's. What not every terminal
needs comes when it is asked for: on the chip all of this takes no room in the heap.
"""

import time

import wire

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

_UART = 2


class Pin:
    """A GPIO pin."""

    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2

    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        self.id = id.id if isinstance(id, Pin) else id
        if mode != -1:
            self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None):
        if mode not in (self.IN, self.OUT, self.OPEN_DRAIN):
            raise ValueError("invalid pin mode")
        level = None if value is None else int(bool(value))
        wire.backend.pin_init(self.id, mode, 0 if pull in (-1, None) else pull, level)

    def value(self, level=None):
        if level is None:
            return wire.backend.pin_read(self.id)
        wire.backend.pin_write(self.id, int(bool(level)))
        return None

    __call__ = value

    def on(self):
        wire.backend.pin_write(self.id, 1)

    def off(self):
        wire.backend.pin_write(self.id, 0)

    def __repr__(self):
        return "Pin(%d)" % self.id


def number(pin):
    """A pin as the wire has it: -1 for none."""
    if pin is None:
        return -1
    return pin.id if isinstance(pin, Pin) else pin


class UART:
    """A serial port. Reads never wait; like on the chip they return None when nothing has come."""

    def __init__(self, id, baudrate=115200, bits=8, parity=None, stop=1, *, tx=None, rx=None, **_buffers_and_timeouts):
        self._bus = id
        self.init(baudrate, bits, parity, stop, tx=tx, rx=rx)

    def init(self, baudrate=115200, bits=8, parity=None, stop=1, *, tx=None, rx=None, **_rest):
        """Pins that are not given stay."""
        if bits != 8 or parity is not None or stop != 1:
            raise ValueError("only 8N1")
        wire.backend.bus_init(_UART, self._bus, baudrate, (number(tx), number(rx), -1))

    def deinit(self):
        pass

    def any(self):
        return wire.backend.uart_any(self._bus)

    def read(self, nbytes=None):
        waiting = self.any()
        if not waiting:
            return None
        return wire.backend.uart_read(self._bus, waiting if nbytes is None else min(nbytes, waiting))

    def readinto(self, buf, nbytes=None):
        data = self.read(len(buf) if nbytes is None else nbytes)
        if data is None:
            return None
        buf[: len(data)] = data
        return len(data)

    def write(self, buf):
        wire.backend.uart_write(self._bus, buf)
        return len(buf)

    def flush(self):
        pass

    def txdone(self):
        return True


class RTC:
    """The real-time clock: it survives a reset and forgets with the power, then starts at 2000-01-01."""

    def datetime(self, value=None):
        if value is None:
            seconds = wire.backend.rtc_get()
            year, month, day, hour, minute, second, weekday = time.gmtime(seconds + _UNIX_2000)[:7]
            return (year, month, day, weekday, hour, minute, second, 0)
        year, month, day, _weekday, hour, minute, second = value[:7]
        wire.backend.rtc_set(((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
        return None


_UNIX_2000 = 946684800


def _days(year, month, day):
    """Days from 2000-01-01; the year is counted from March, so that the leap day comes last."""
    if month < 3:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day - 730426


def reset():
    wire.backend.reset(HARD_RESET)


def soft_reset():
    wire.backend.reset(SOFT_RESET)


def reset_cause():
    return wire.backend.identity()[0]


def unique_id():
    return wire.backend.identity()[1]


def freq(hz=None):
    return 240000000


def idle():
    pass


def lightsleep(time_ms=0):
    time.sleep_ms(time_ms)


_ON_DEMAND = (
    ("machine_spi", "SPI SoftSPI"),
    ("machine_i2c", "I2C SoftI2C"),
    ("machine_analogue", "ADC PWM"),
    ("machine_wdt", "WDT"),
)


def __getattr__(name):
    for module, names in _ON_DEMAND:
        if name in names.split():
            return getattr(wire.load(module), name)
    raise AttributeError(name)
