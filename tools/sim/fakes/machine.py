"""Stand-in for the ESP32's `machine` module, on MicroPython and CPython alike: every call goes down the wire.

Only what firmware may use of it is here; names, constants, and defaults are the ESP32 port's.
"""

import time

import wire

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

_SPI, _I2C, _UART = 0, 1, 2
_SOFT_BUS = 128  # software buses are numbered by their clock pin from here on


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


def _number(pin):
    if pin is None:
        return -1
    return pin.id if isinstance(pin, Pin) else pin


class SPI:
    """A hardware SPI bus as controller, mode 0 or 3, 8 bits, most significant bit first."""

    MSB = 0
    LSB = 1

    def __init__(
        self, id, baudrate=1000000, *, polarity=0, phase=0, bits=8, firstbit=0, sck=None, mosi=None, miso=None
    ):
        if bits != 8 or firstbit != self.MSB:
            raise ValueError("only 8 bits, MSB first")
        self._bus = id
        self._pins = (_number(sck), _number(mosi), _number(miso))
        self.init(baudrate)

    def init(self, baudrate=1000000, **_rest):
        wire.backend.bus_init(_SPI, self._bus, baudrate, self._pins)

    def deinit(self):
        pass

    def write(self, data):
        wire.backend.spi_write(self._bus, data)

    def read(self, n, write=0):
        return wire.backend.spi_transfer(self._bus, bytes([write]) * n)

    def readinto(self, buffer, write=0):
        buffer[:] = self.read(len(buffer), write)

    def write_readinto(self, data, buffer):
        if len(data) != len(buffer):
            raise ValueError("buffers must be the same length")
        buffer[:] = wire.backend.spi_transfer(self._bus, data)


class SoftSPI(SPI):
    """An SPI bus on any pins."""

    def __init__(self, baudrate=500000, *, sck, mosi, miso=None, **rest):
        SPI.__init__(self, _SOFT_BUS + _number(sck), baudrate, sck=sck, mosi=mosi, miso=miso, **rest)


class I2C:
    """An I2C bus as controller."""

    def __init__(self, id, *, scl=None, sda=None, freq=400000, timeout=50000):
        self._bus = id
        wire.backend.bus_init(_I2C, id, freq, (_number(sda), _number(scl), -1))

    def scan(self):
        return [address for address in range(8, 120) if self._present(address)]

    def _present(self, address):
        try:
            wire.backend.i2c_write(self._bus, address, b"")
        except OSError:
            return False
        return True

    def writeto(self, addr, buf, stop=True):
        return wire.backend.i2c_write(self._bus, addr, buf, stop)

    def writevto(self, addr, vector, stop=True):
        return self.writeto(addr, b"".join([bytes(part) for part in vector]), stop)

    def readfrom(self, addr, nbytes, stop=True):
        return wire.backend.i2c_read(self._bus, addr, nbytes, stop)

    def readfrom_into(self, addr, buf, stop=True):
        buf[:] = self.readfrom(addr, len(buf), stop)

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        self.writeto(addr, memaddr.to_bytes(addrsize // 8, "big") + bytes(buf))

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        self.writeto(addr, memaddr.to_bytes(addrsize // 8, "big"), False)
        return self.readfrom(addr, nbytes)


class SoftI2C(I2C):
    """An I2C bus on any pins."""

    def __init__(self, scl, sda, *, freq=400000, timeout=50000):
        I2C.__init__(self, _SOFT_BUS + _number(scl), scl=scl, sda=sda, freq=freq)


class UART:
    """A serial port. Reads never wait; like on the chip they return None when nothing has come."""

    def __init__(self, id, baudrate=115200, bits=8, parity=None, stop=1, *, tx=None, rx=None, **_buffers_and_timeouts):
        self._bus = id
        self._pins = (_number(tx), _number(rx), -1)
        self.init(baudrate, bits, parity, stop)

    def init(self, baudrate=115200, bits=8, parity=None, stop=1, **_rest):
        if bits != 8 or parity is not None or stop != 1:
            raise ValueError("only 8N1")
        wire.backend.bus_init(_UART, self._bus, baudrate, self._pins)

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


class ADC:
    """An analogue input."""

    ATTN_11DB = 3

    def __init__(self, pin, *, atten=ATTN_11DB):
        self._pin = _number(pin)

    def read_u16(self):
        return wire.backend.adc_read(self._pin)

    def read_uv(self):
        """Microvolts, over the 3.3 V that the widest attenuation reads."""
        return self.read_u16() * 3300000 // 65535


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


class WDT:
    """The watchdog: once started it cannot be stopped."""

    def __init__(self, id=0, timeout=5000):
        wire.backend.wdt_start(timeout)

    def feed(self):
        wire.backend.wdt_feed()


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
