"""A pack of lithium-ion cells as an analogue input sees it: its voltage follows its charge, and trembles."""

# Millivolts of one cell at rest or under a light load, at 0, 10 ... 100 percent: as typical data sheets of 18650 cells
# with NMC chemistry have it, flat in the middle and steep at both ends.
CURVE_MV = (3300, 3610, 3690, 3740, 3780, 3830, 3890, 3960, 4030, 4110, 4200)
TREMBLE_MV = 6  # of the pack, either way


class Battery:
    """`cells` in series; `charge_pct` is set by who plays with it."""

    def __init__(self, cells):
        self.cells = cells
        self.charge_pct = 100
        self._noise = 0x1D0F

    @property
    def millivolts(self):
        """Of the whole pack, now."""
        below, rest = divmod(self.charge_pct, 10)
        low, high = CURVE_MV[below], CURVE_MV[min(below + 1, 10)]
        self._noise = self._noise >> 1 ^ (0xB400 if self._noise & 1 else 0)
        return (low + (high - low) * rest // 10) * self.cells + self._noise % (2 * TREMBLE_MV + 1) - TREMBLE_MV
