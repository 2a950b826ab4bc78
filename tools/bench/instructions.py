"""Exact instruction counts and heap on the 32-bit interpreter, with the .mpy files that are deployed."""

import tempfile
from pathlib import Path

from tools.bench import wasm
from tools.bench.row import Row
from tools.bench.sample import IDENTITY, TX
from tools.sim import deploy

_PACK = f"""
from pos.iso8583 import codec, messages
tx = {TX!r}
identity = {IDENTITY!r}
def mac(data):
    return b"12345678"
def operation():
    codec.pack(messages.request(tx, identity), mac)
"""
_JSON = f"""
import json
tx = {TX!r}
def operation():
    json.dumps(tx)
"""

# A merchant's code with an order number, as on display and paper.
_CODE = f"""
from pos.qr import matrix, payload
tx = {TX | {"trace": 123456, "batch": 12, "order": "20260420"}!r}
identity = {IDENTITY!r}
def text():
    return payload.merchant_code(tx, identity, b"DEMO TEA HOUSE")
data = text()
"""
_ENCODE = """
def operation():
    matrix.encode(data, matrix.M)
"""
_WRITE = """
def operation():
    text()
"""

# The sandbox has no asyncio and no pins: these stand in for what is imported or waits, and cost next to nothing.
STAND_INS = {
    "asyncio.py": "class Event:\n    pass\nclass TimeoutError(Exception):\n    pass\n",
    "time.py": "def sleep_us(us):\n    pass\nsleep_ms = sleep_us\n",
}
# From 1.23 to 12.34: the amount screen gets its fourth digit.
_AMOUNT_SCREEN = """
from pos.ui import amount
from pos.ui.inputs import KEY
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
{display}
display.init()
screen = Screen(display)
entry = amount.enter(Desk(screen, None, None), "SALE", "123")
entry.send(None)
"""
_DISPLAYS = {
    "ST7920": "from pos.drivers.st7920 import St7920\ndisplay = St7920(bus, bus, bus)",
    "HD44780": "from pos.drivers.hd44780 import Hd44780\ndisplay = Hd44780(bus, 0x27)",
}
_TYPE = """
def operation():
    entry.send((KEY, "4"))
"""
_TAKE_BACK = 'entry.send((KEY, "CLEAR"))'
_DRAW_ALL = """
def operation():
    screen.forget()
    screen.flush()
"""


def rows():
    with tempfile.TemporaryDirectory() as folder:
        deploy.write_folder(deploy.firmware_files("esp32_devkitc"), folder)
        for name, text in STAND_INS.items():
            (Path(folder) / name).write_text(text)
        found = _pair("sale request packed", wasm.count(_PACK, folder), "json.dumps of it", wasm.count(_JSON, folder))
        modules = len(wasm.printed(_CODE + "print(len(matrix.encode(data, matrix.M)) * 'm')", folder).strip())
        drawn = wasm.count(_CODE + _ENCODE, folder)
        found += _pair(
            f"a QR code of {modules} modules encoded", drawn, "its text made", wasm.count(_CODE + _WRITE, folder)
        )
        for chip, display in _DISPLAYS.items():
            screen = _AMOUNT_SCREEN.format(display=display)
            digit = wasm.count(screen + _TYPE, folder, _TAKE_BACK)
            found += _pair(
                f"a typed digit, {chip}", digit, "the whole screen sent", wasm.count(screen + _DRAW_ALL, folder)
            )
        return found


def _pair(name, count, reference_name, reference):
    return [
        Row(f"{name}: instructions (32-bit)", count.fuel, "fuel", reference.fuel, reference_name),
        Row(f"{name}: heap allocated (32-bit)", count.heap_bytes, "bytes", reference.heap_bytes, reference_name),
    ]
