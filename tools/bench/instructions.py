"""Exact instruction counts and heap on the 32-bit interpreter, with the .mpy files that are deployed."""

from tools.bench import sandbox, wasm
from tools.bench.row import Row
from tools.bench.sample import IDENTITY, TX

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

# From 1.23 to 12.34: the amount screen gets its fourth digit.
_AMOUNT_SCREEN = """
from pos.ui import amount
from pos.ui.inputs import KEY
screen = Screen(display)
entry = amount.enter(Desk(screen, None, None), "SALE", "123")
entry.send(None)
"""
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
    with sandbox.firmware() as folder:
        found = _pair("sale request packed", wasm.count(_PACK, folder), "json.dumps of it", wasm.count(_JSON, folder))
        modules = len(wasm.printed(_CODE + "print(len(matrix.encode(data, matrix.M)) * 'm')", folder).strip())
        drawn = wasm.count(_CODE + _ENCODE, folder)
        found += _pair(
            f"a QR code of {modules} modules encoded", drawn, "its text made", wasm.count(_CODE + _WRITE, folder)
        )
        for chip, display in sandbox.DISPLAYS.items():
            screen = sandbox.DESK + display + _AMOUNT_SCREEN
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
