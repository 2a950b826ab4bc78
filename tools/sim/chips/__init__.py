"""Simulated chips: each decodes the bytes or levels on its wires by itself, from its data sheet.

Nothing here is shared with the firmware's drivers, so that the two cannot agree on a mistake.
"""

from tools.sim.chips.backlight import Backlight
from tools.sim.chips.battery import Battery
from tools.sim.chips.buzzer import Buzzer
from tools.sim.chips.escpos import EscPosPrinter
from tools.sim.chips.gm65 import Gm65Chip
from tools.sim.chips.hd44780 import Hd44780
from tools.sim.chips.key_matrix import KeyMatrix
from tools.sim.chips.pn532 import Pn532Chip
from tools.sim.chips.st7920 import St7920

__all__ = [
    "Backlight",
    "Battery",
    "Buzzer",
    "EscPosPrinter",
    "Gm65Chip",
    "Hd44780",
    "KeyMatrix",
    "Pn532Chip",
    "St7920",
]
