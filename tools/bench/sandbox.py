"""The firmware in the sandbox of wasm.py: its files as they are deployed, and a screen whose bus leads nowhere."""

import contextlib
import tempfile
from pathlib import Path

from tools.sim import deploy

# There is no asyncio and there are no pins: these stand in for what is imported or waits, and cost next to nothing.
_STAND_INS = {
    "asyncio.py": "class Event:\n    pass\nclass TimeoutError(Exception):\n    pass\n",
    "time.py": "def sleep_us(us):\n    pass\nsleep_ms = sleep_us\n",
}
# The class of a desk that waits for whatever is sent to the flow, and the bus of a display.
DESK = """
from pos.ui.screen import Screen
from pos.ui.ui import Ui
class Bus:
    def write(self, data):
        pass
    def value(self, level):
        pass
    def writeto(self, address, data):
        pass
class Desk(Ui):
    def next(self, timeout_ms=None):
        return (yield)
bus = Bus()
"""
# `display`, by its chip.
DISPLAYS = {
    "ST7920": "from pos.drivers.st7920 import St7920\ndisplay = St7920(bus, bus, bus)\ndisplay.init()\n",
    "HD44780": "from pos.drivers.hd44780 import Hd44780\ndisplay = Hd44780(bus, 0x27)\ndisplay.init()\n",
}


@contextlib.contextmanager
def firmware():
    """A folder with the files, for `folder` of wasm.count() and wasm.printed()."""
    with tempfile.TemporaryDirectory() as folder:
        deploy.write_folder(deploy.firmware_files("esp32_devkitc"), folder)
        for name, text in _STAND_INS.items():
            (Path(folder) / name).write_text(text)
        yield folder
