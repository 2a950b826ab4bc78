"""PCF8574: eight port pins behind an I2C address."""


class Pcf8574:
    """The expander: each byte written is what its eight pins show, each byte read is what the pins are pulled to.

    The pins are quasi-bidirectional: a 1 is a weak pull-up that something outside may pull low, so a pin is read only
    after a 1 was written to it. After power-on all are 1.

    `changed(before, after)` is called at every write; `pulled_low()` gives the pins that the outside holds at 0.
    """

    POWER_ON = 0xFF

    def __init__(self, changed, pulled_low):
        self._changed = changed
        self._pulled_low = pulled_low
        self.latch = self.POWER_ON

    def reset(self):
        self.latch = self.POWER_ON

    def write(self, data):
        """Number of bytes acknowledged: all of them, one port write each."""
        for value in data:
            before, self.latch = self.latch, value
            self._changed(before, value)
        return len(data)

    def read(self, n):
        """`n` bytes; the port is sampled for each."""
        return bytes(self.latch & ~self._pulled_low() & 0xFF for _ in range(n))
