"""Exact instruction counts and heap on the 32-bit interpreter, with the .mpy files that are deployed."""

import tempfile

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
    codec.pack(messages.sale(tx, identity), mac)
"""
_JSON = f"""
import json
tx = {TX!r}
def operation():
    json.dumps(tx)
"""


def rows():
    with tempfile.TemporaryDirectory() as folder:
        deploy.write_folder(deploy.firmware_files("esp32_devkitc"), folder)
        pack = wasm.count(_PACK, folder)
        json = wasm.count(_JSON, folder)
        return [
            Row(
                "sale request packed: instructions (32-bit)",
                pack.fuel,
                "fuel",
                json.fuel,
                "json.dumps of the transaction",
            ),
            Row(
                "sale request packed: heap (32-bit)",
                pack.heap_bytes,
                "bytes",
                json.heap_bytes,
                "json.dumps of the transaction",
            ),
        ]
