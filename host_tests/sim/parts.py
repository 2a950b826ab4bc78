"""Stand-ins for chips that only record, and a small terminal built from them, for tests of what lies around chips."""

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace

from tools.sim.chips import Backlight, Battery, Buzzer
from tools.sim.circuit import Circuit, load_board
from tools.sim.process import TerminalProcess

FIRMWARE = Path(__file__).parent / "firmware"
BOARDS = {"spi": "esp32_devkitc", "i2c": "esp32_s3_devkitc"}
WAIT_S = 5


class Keys:
    """A matrix in which a pressed key joins its row to its column."""

    def __init__(self, keypad):
        self.rows, self.cols = keypad["rows"], keypad["cols"]
        self.driven, self.pressed = {}, set()

    def drive(self, pin, level):
        self.driven[pin] = level

    def pull(self, pin, level):
        pass

    def level(self, pin):
        joined = (row for row, col in self.pressed if col == pin)
        return 0 if any(self.driven.get(row) == 0 for row in joined) else 1


class Display:
    """Keeps what was written, and whether a line was driven meanwhile."""

    def __init__(self):
        self.written = b""
        self.lines = {}

    def pin(self, name, level):
        self.lines[name] = level

    def spi_write(self, data):
        self.written += data

    def i2c_write(self, data):
        self.written += data
        return len(data)

    def i2c_read(self, n):
        return bytes(range(n))

    def reset(self):
        self.written = b""


class Echo:
    """A serial chip that answers in capitals."""

    def __init__(self):
        self.heard = b""
        self._answer = b""

    def receive(self, data):
        self.heard += data
        self._answer += data.upper()

    def transmit(self):
        answer, self._answer = self._answer, b""
        return answer


def circuit(board=BOARDS["spi"], **rest):
    """A circuit of recording chips."""
    data = load_board(board)
    chips = SimpleNamespace(
        keys=Keys(data.KEYPAD), display=Display(), printer=Echo(), reader=Echo(), scanner=Echo(),
        battery=Battery(data.BATTERY["cells"]), buzzer=Buzzer(), backlight=Backlight(),
    )  # fmt: skip
    return Circuit(data, chips=chips, **rest)


def terminal(folder, script, runtime="micropython", board=BOARDS["spi"], **rest):
    """A terminal whose firmware is `script`, the source of a module with an `async def main()`."""
    return TerminalProcess(
        folder, board, circuit(board), runtime, firmware=FIRMWARE, data={"/script.py": script.encode()}, **rest
    )


async def until(holds, timeout_s=WAIT_S):
    """Waits until `holds()` is true and returns its value; AssertionError when it does not come."""
    end = time.monotonic() + timeout_s
    while not (value := holds()):
        assert time.monotonic() < end, "it did not come in time"
        await asyncio.sleep(0.005)
    return value


async def printed(process, end=b"\n", count=1):
    """What the firmware sent to the printer, once it has sent `count` of `end`."""
    printer = process.circuit.printer
    try:
        await until(lambda: printer.heard.count(end) >= count)
    except AssertionError:
        raise AssertionError(process.log_path.read_text(errors="replace")[-2000:]) from None
    return printer.heard.decode()
