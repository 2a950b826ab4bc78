"""A panel over real chips without firmware: a keypad driver looks at the keys, tests write to the other chips."""

import asyncio
import threading

import httpx
from pos.drivers.keypad import MatrixKeypad

from tools.sim.circuit import Circuit, load_board
from tools.sim.panel.server import PanelServer
from tools.sim.panel.station import Station

START_TIMEOUT_S = 10


class Pin:
    """A pin of the circuit as a driver sees it."""

    def __init__(self, circuit, number, mode, pull):
        self._circuit, self._number = circuit, number
        circuit.pin_init(number, mode, pull, None)

    def value(self, level=None):
        if level is None:
            return self._circuit.pin_read(self._number)
        return self._circuit.pin_write(self._number, level)


class Clock:
    """Milliseconds of the loop."""

    def ticks_ms(self):
        return int(asyncio.get_running_loop().time() * 1000)

    def elapsed_ms(self, start_ms):
        return self.ticks_ms() - start_ms


class Air:
    """What the station needs of the air between terminal and host."""

    def __init__(self):
        self._faults = {"wifi": "up", "host": "up", "response": "pass", "delay_ms": 0}
        self.bytes_up = self.bytes_down = self.connections = 0

    def faults(self):
        return dict(self._faults)

    def set_faults(self, wanted):
        self._faults |= wanted


class Panel:
    """A served panel; `client` asks it, `emitted` is what the keypad driver told."""

    def __init__(self, board="esp32_devkitc", firmware=True, instant=True, port=0):
        self.emitted = []
        self.circuit = Circuit(load_board(board), instant=instant)
        self.station = Station(self.circuit, air=Air())
        self.firmware = firmware
        self._port = port
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._started.wait(START_TIMEOUT_S)
        self.client = httpx.Client(base_url=self.url, timeout=20, trust_env=False)

    async def _run(self):
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        keypad = self.circuit.board.KEYPAD
        rows = [Pin(self.circuit, number, 7, 0) for number in keypad["rows"]]
        cols = [Pin(self.circuit, number, 1, 2) for number in keypad["cols"]]
        driver = MatrixKeypad(rows, cols, keypad["legend"], lambda *key: self.emitted.append(key), Clock())
        scanning = asyncio.create_task(driver.run()) if self.firmware else None
        server = PanelServer(self.station, self._port)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.005)
        self.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        self._started.set()
        await self._stop.wait()
        if scanning:
            scanning.cancel()
        await server.stop(serving)

    def soon(self, seconds, call, *arguments):
        """Calls this in the panel's own loop a little later."""
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, call, *arguments)

    def close(self):
        if not self._thread.is_alive():
            return
        self.client.close()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(START_TIMEOUT_S)
        assert not self._thread.is_alive()

    # The other chips

    def write(self, text, row=0):
        """Shows ASCII text, as the display's data sheet says it is done."""
        if self.circuit.board.DISPLAY["chip"] == "st7920":
            address = 0x80 + (0, 0x10, 0x08, 0x18)[row]
            data = b"\xf8" + _nibbles(address) + b"\xfa" + b"".join(_nibbles(byte) for byte in text.encode())
            self.circuit.display.pin("cs", 1)
            self.circuit.display.spi_write(data)
            self.circuit.display.pin("cs", 0)
            return
        address = 0x80 + (0, 0x40, 0x14, 0x54)[row]
        data = _through_pcf(address, 0) + b"".join(_through_pcf(byte, 1) for byte in text.encode())
        self.circuit.display.i2c_write(data)

    def start_display(self):
        """Switches the display on and makes it take 4-bit or serial instructions."""
        if self.circuit.board.DISPLAY["chip"] == "st7920":
            self.circuit.display.pin("cs", 1)
            self.circuit.display.spi_write(b"\xf8" + b"".join(map(_nibbles, (0x30, 0x0C, 0x01, 0x06))))
            self.circuit.display.pin("cs", 0)
            return
        for nibble in (3, 3, 3, 2):
            self.circuit.display.i2c_write(_pulse(nibble << 4 | 8))
        for command in (0x28, 0x0C, 0x01, 0x06):
            self.circuit.display.i2c_write(_through_pcf(command, 0))

    def print(self, data):
        self.circuit.printer.receive(data)


def _nibbles(byte):
    return bytes([byte & 0xF0, byte << 4 & 0xF0])


def _pulse(levels):
    return bytes([levels | 4, levels])


def _through_pcf(byte, register):
    return _pulse(byte & 0xF0 | 8 | register) + _pulse(byte << 4 & 0xF0 | 8 | register)
