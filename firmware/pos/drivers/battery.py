"""Charge of a lithium-ion pack, from its voltage through a divider at an analogue input."""

from micropython import const

_SAMPLES = const(8)
_OLD_SHARE = const(3)  # of four: the printer's current lets the voltage sag for moments
# Millivolts of one cell under a light load and the percent left, rising; typical of NMC cells (18650).
_CURVE = const(
    (
        (3300, 0),
        (3610, 10),
        (3690, 20),
        (3780, 40),
        (3890, 60),
        (3960, 70),
        (4110, 90),
        (4190, 100),
    )
)


def percent(cell_mv):
    """Percent of charge left in a cell with this voltage, 0 to 100."""
    low_mv, low = _CURVE[0]
    for high_mv, high in _CURVE:
        if cell_mv < high_mv:
            if cell_mv <= low_mv:
                return low
            span_mv = high_mv - low_mv
            return low + ((cell_mv - low_mv) * (high - low) + span_mv // 2) // span_mv
        low_mv, low = high_mv, high
    return 100


class Battery:
    """adc: `read_uv()`; cells in series; the divider's upper and lower resistor."""

    def __init__(self, adc, cells, divider_kohm):
        self._adc = adc
        self._cells = cells
        self._upper, self._lower = divider_kohm
        self._mv = None

    def millivolts(self):
        """Of the whole pack; follows slowly."""
        total_uv = 0
        for _ in range(_SAMPLES):
            total_uv += self._adc.read_uv() // _SAMPLES
        now_mv = total_uv // 1000 * (self._upper + self._lower) // self._lower
        self._mv = now_mv if self._mv is None else (self._mv * _OLD_SHARE + now_mv) // (_OLD_SHARE + 1)
        return self._mv

    def percent(self):
        """Of its charge."""
        return percent(self.millivolts() // self._cells)
