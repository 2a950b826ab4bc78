"""SPI of the fake `machine`, in hardware and in software."""

import machine
import wire

_SPI = 0
_SOFT_BUS = 128  # software buses are numbered by their clock pin from here on


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
        self._pins = (machine.number(sck), machine.number(mosi), machine.number(miso))
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
        SPI.__init__(self, _SOFT_BUS + machine.number(sck), baudrate, sck=sck, mosi=mosi, miso=miso, **rest)
