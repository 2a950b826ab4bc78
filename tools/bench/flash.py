"""What a sale writes to the flash: the journal beside a plain file with a line of JSON a record, on a real littlefs.

Exact counts of MicroPython's VfsLfs2 on a flash in memory with the board's geometry. The interpreter's own btree would
be the third: neither the unix port on PyPI nor the WebAssembly one is built with it, so it cannot be measured here.
"""

import subprocess

from tools.bench.row import Row, at_most
from tools.sim.deploy import ROOT
from tools.sim.flash import micropython_command

SALES = 500
FEWER_BYTES = 3
FLUSHES_MAX = 3
_SCRIPT = ROOT / "tools" / "bench" / "sales_on_flash.py"
_HEAP = "16M"  # the flash is in it
_TIMEOUT_S = 120
_REFERENCE = "JSON lines"
_NO_BTREE = "MicroPython's btree is in no build that can be had here"


def rows():
    found = measured()
    ours, lines = found["journal"], found["lines"]
    programmed, plain = ours[0] // SALES, lines[0] // SALES
    name = f"flash, a sale of {SALES}"
    limit, fewer = f"{FEWER_BYTES} times fewer", programmed * FEWER_BYTES <= plain
    note = f"{plain / programmed:.1f} times fewer; {_NO_BTREE}"
    yield Row(f"{name}: bytes programmed", programmed, "bytes", plain, _REFERENCE, limit, fewer, note)
    yield Row(f"{name}: blocks erased", round(ours[1] / SALES, 2), "", round(lines[1] / SALES, 2), _REFERENCE)
    yield Row(
        f"{name}: flushes at most", ours[3], "", lines[3], _REFERENCE, at_most(FLUSHES_MAX), ours[3] <= FLUSHES_MAX
    )
    yield Row(f"flash, {SALES} sales: blocks of 4 KB in use", ours[4], "", lines[4], _REFERENCE)


def measured():
    """{way: [bytes programmed, blocks erased, flushes, most flushes of one sale, blocks in use]}. RuntimeError."""
    command = micropython_command(_SCRIPT, ROOT / "firmware", SALES, heap=_HEAP)
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return {way: [int(word) for word in words] for way, *words in map(str.split, done.stdout.splitlines())}
