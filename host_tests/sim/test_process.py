"""The terminal process: start, power cut, resets, watchdog, and that nothing of it is ever left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from host_tests.sim import parts
from tools.sim.process import RUNTIMES

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]

CAUSES = """
import asyncio, machine
from machine import UART

async def main():
    port = UART(2, 19200)
    cause = machine.reset_cause()
    rtc = machine.RTC()
    port.write(b"%d %d\\n" % (cause, rtc.datetime()[0]))
    rtc.datetime((2026, 3, 14, 0, 15, 9, 26, 0))
    if cause == 1:
        machine.reset()
    if cause == 2:
        machine.soft_reset()
    if cause == 5:
        dog = machine.WDT(timeout=100)
        for _ in range(10):
            dog.feed()
            machine.Pin(2).value()
            await asyncio.sleep_ms(20)
        port.write(b"fed\\n")
    await asyncio.sleep(60)
"""

SCANNER = """
import asyncio, board
from machine import SPI, Pin

async def main():
    d = board.DISPLAY
    display, cs = SPI(d["spi"], sck=Pin(d["sck"]), mosi=Pin(d["mosi"])), Pin(d["cs"], Pin.OUT, value=0)
    rows = [Pin(p, Pin.OPEN_DRAIN, value=1) for p in board.KEYPAD["rows"]]
    cols = [Pin(p, Pin.IN, Pin.PULL_UP) for p in board.KEYPAD["cols"]]
    before = None
    while True:
        down = []
        for r, row in enumerate(rows):
            row.off()
            down += [(r, c) for c, col in enumerate(cols) if not col.value()]
            row.on()
        if down != before:
            before = down
            cs.on()
            display.write(repr(down).encode())
            cs.off()
        await asyncio.sleep_ms(10)
"""

# Looks at one input without ever writing anything.
LOOKER = """
import board
from machine import UART, Pin

async def main():
    port = UART(2, 19200)
    Pin(board.KEYPAD["rows"][0], Pin.OPEN_DRAIN, value=0)
    col = Pin(board.KEYPAD["cols"][0], Pin.IN, Pin.PULL_UP)
    port.write(b"looking\\n")
    while col.value():
        pass
    port.write(b"pressed\\n")
"""

# Starts a terminal, tells its number, and waits to be killed.
PARENT = """
import asyncio, sys
sys.path[:0] = [{root!r}]
from host_tests.sim import parts

async def main():
    process = parts.terminal({folder!r}, {script!r}, {runtime!r}, repl={repl})
    await process.start()
    print(process.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""

IDLE = """
import asyncio

async def main():
    await asyncio.sleep(60)
"""


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_keys_reach_the_firmware_and_its_bytes_the_display(runtime, tmp_path):
    async def run():
        process = parts.terminal(tmp_path, SCANNER, runtime)
        circuit = process.circuit
        await process.start()
        try:
            await parts.until(lambda: circuit.display.written == b"[]")
            circuit.keys.pressed.add((circuit.keys.rows[2], circuit.keys.cols[3]))
            await parts.until(lambda: circuit.display.written.endswith(b"[(2, 3)]"))
            assert circuit.traffic()["spi2"] == {"bytes": 10, "transfers": 2, "time_us": 80}
            assert process.state()["running"]
            if runtime == "micropython":
                assert 0 < circuit.heap_base < 64 * 1024
                assert circuit.heap_used > circuit.heap_base
            await process.kill()
            assert circuit.display.written == b""
            assert process.state()["power"] == "off" and not process.running
            begin = time.monotonic()
            await process.start()
            assert time.monotonic() - begin < 1
            await parts.until(lambda: b"[(2, 3)]" in circuit.display.written)
            assert process.starts == 2
        finally:
            await process.close()

    asyncio.run(run())


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_an_input_is_seen_to_change_without_any_write(runtime, tmp_path):
    async def run():
        process = parts.terminal(tmp_path, LOOKER, runtime)
        keys = process.circuit.keys
        try:
            await process.start()
            await parts.printed(process)
            keys.pressed.add((keys.rows[0], keys.cols[0]))
            assert await parts.printed(process, count=2) == "looking\npressed\n"
        finally:
            await process.close()

    asyncio.run(run())


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_resets_have_their_cause_and_keep_the_clock(runtime, tmp_path):
    async def run():
        process = parts.terminal(tmp_path, CAUSES, runtime)
        try:
            await process.start()
            # Power, reset, soft reset, then the watchdog that nobody feeds any more.
            return (await parts.printed(process, count=5)).split("\n")[:5]
        finally:
            await process.close()

    assert asyncio.run(run()) == ["1 2000", "2 2026", "5 2026", "fed", "3 2026"]


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_crash_stays_where_it_is_and_is_in_the_log(runtime, tmp_path):
    async def run():
        process = parts.terminal(tmp_path, "async def main():\n    raise ValueError('broken')\n", runtime)
        try:
            await process.start()
            await parts.until(lambda: not process.running)
            await asyncio.sleep(0.1)
            return process.starts, process.log_path.read_text()
        finally:
            await process.close()

    starts, log = asyncio.run(run())
    assert starts == 1
    assert "ValueError: broken" in log


@pytest.mark.parametrize(("runtime", "repl"), [("micropython", False), ("micropython", True), ("cpython", False)])
@pytest.mark.parametrize("script", [SCANNER, IDLE], ids=["busy", "idle"])
def test_no_child_outlives_its_parent(runtime, repl, script, tmp_path):
    source = PARENT.format(root=str(ROOT), folder=str(tmp_path), script=script, runtime=runtime, repl=repl)
    parent = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        child = int(parent.stdout.readline())
        os.kill(child, 0)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        parent.stdout.close()
    asyncio.run(parts.until(lambda: not _lives(child)))


def _lives(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
