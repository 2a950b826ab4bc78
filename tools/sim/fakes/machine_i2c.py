"""I2C of the fake `machine`, in hardware and in software."""

import machine
import wire

_I2C = 1
_SOFT_BUS = 128  # software buses are numbered by their clock pin from here on


class I2C:
    """An I2C bus as controller."""

    def __init__(self, id, *, scl=None, sda=None, freq=400000, timeout=50000):
        self._bus = id
        wire.backend.bus_init(_I2C, id, freq, (machine.number(sda), machine.number(scl), -1))

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
        I2C.__init__(self, _SOFT_BUS + machine.number(scl), scl=scl, sda=sda, freq=freq)
