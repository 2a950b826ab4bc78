"""The simulated circuit: a board file's pins and buses wired to simulated chips.

`Circuit` has the operations that the fakes call (`pin_write`, `i2c_write`, ...) and what the front panel and tests
need: `keys`, `display`, `printer`, `reader`, `scanner`, `battery`, `buzzer`, `backlight` (the last four None on a board
without), `radio`, power, and counters of bytes and time per bus. It knows nothing of processes; with
`wire.backend = circuit` firmware on CPython runs right on it.
"""

import importlib.util
import time
from dataclasses import dataclass, field
from errno import ENODEV
from pathlib import Path
from types import SimpleNamespace

from tools.sim.radio import Radio

BOARDS = Path(__file__).parents[2] / "boards"

IN, OUT, OPEN_DRAIN = 1, 3, 7
PULL_DOWN, PULL_UP = 1, 2
SPI, I2C, UART = 0, 1, 2
KINDS = ("spi", "i2c", "uart")
PWRON_RESET, WDT_RESET = 1, 3
UART_RX_BYTES = 256  # the ESP32 driver's default receive buffer; what comes on top is lost
ADC_FULL_UV = 3_300_000  # what reads as 65535
UNIQUE_ID = bytes.fromhex("24 6f 28 10 00 00")


class MachineReset(SystemExit):
    """Firmware in this process called `machine.reset()`; `cause` is what `reset_cause()` gives after it."""

    def __init__(self, cause):
        super().__init__(0)
        self.cause = cause


def boards():
    """Names of all boards."""
    return sorted(path.parent.name for path in BOARDS.glob("*/board.py"))


def load_board(name):
    """The board file of a name as a namespace; ValueError with the known names if there is none."""
    if name not in boards():
        raise ValueError(f"no board {name!r}; there are {', '.join(boards())}")
    spec = importlib.util.spec_from_file_location(f"board_{name}", BOARDS / name / "board.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return SimpleNamespace(**{key: value for key, value in vars(module).items() if key.isupper()})


@dataclass
class _Pin:
    mode: int = IN
    pull: int = 0
    level: int = 0

    def driven(self):
        """0, 1, or None when the pin lets go of its wire."""
        if self.mode == OUT:
            return self.level
        if self.mode == OPEN_DRAIN and not self.level:
            return 0
        return None


@dataclass
class Bus:
    """One bus and what it has carried."""

    kind: int
    frequency: int
    chips: dict = field(default_factory=dict)  # address (0 where there are none) -> chip
    tx: int = -1  # of a UART
    rx: int = -1
    received: bytearray = field(default_factory=bytearray)
    bytes: int = 0
    transfers: int = 0
    time_ns: int = 0

    def count(self, n, bits):
        self.bytes += n
        self.transfers += 1
        self.time_ns += bits * 1_000_000_000 // self.frequency


class Circuit:
    """Everything that is soldered to the ESP32 of one terminal.

    `board`: namespace of a board file. `clock_ms`: callable for Wi-Fi, clock and paper, monotonic by default.
    `chips`: a namespace with keys, display, printer, reader in place of those that the board names, perhaps scanner,
    battery, buzzer, backlight. `instant`: the printer takes no time.
    """

    def __init__(self, board, clock_ms=None, chips=None, instant=False):
        self.board = board
        self.clock_ms = clock_ms or (lambda: time.monotonic_ns() // 1_000_000)
        chips = chips or _chips_of(board, self.clock_ms, instant)
        self.keys, self.display = chips.keys, chips.display
        self.printer, self.reader = chips.printer, chips.reader
        self.scanner, self.battery, self.buzzer, self.backlight = (
            getattr(chips, name, None) for name in ("scanner", "battery", "buzzer", "backlight")
        )
        self.radio = Radio(clock_ms=self.clock_ms)
        self.powered = False
        self.heap_used = self.heap_free = self.heap_base = 0
        self.analogue = {}  # pin -> 0..65535
        self.inputs = {}  # pin -> level that something outside drives
        self.on_reset = None  # called with the cause; without it MachineReset is raised
        self.on_watchdog = None  # called with the time-out in ms at the start, None at each feed
        self._wires = _wires_of(board, self)
        self._lines = _lines_of(board, self)
        self._driven = {getattr(board, name)["pin"]: chip for name, chip in self._pulsed() if chip}
        self._matrix_pins = set(board.KEYPAD["rows"]) | set(board.KEYPAD["cols"])
        self._chip_pins = {board.DISPLAY[n]: n for n in ("cs", "reset") if n in board.DISPLAY}
        self._noise = 0xACE1
        self.power_on()

    # Power

    def power_off(self):
        """What a cut does: chips forget, the radio goes, the paper stays."""
        self.powered = False
        self._float_all()
        for chip in (self.display, self.printer, self.reader, self.scanner, self.buzzer, self.backlight):
            _first_of(chip, "power_off", "reset")
        self.radio.power_off()

    def power_on(self):
        """Idempotent."""
        if self.powered:
            return
        self.powered = True
        self.reset_cause = PWRON_RESET
        self.rtc_set(0)
        self._float_all()
        for chip in (self.display, self.printer, self.reader, self.scanner):
            _first_of(chip, "power_on")

    def restarted(self, cause):
        """The ESP32 alone has been reset: its pins float, the chips around it keep their state and power."""
        self.reset_cause = cause
        self._float_all()
        self.radio.power_off()

    def _float_all(self):
        self.pins = {}
        self.buses = {}
        self.heap_used = self.heap_free = self.heap_base = 0
        self._senders = {}  # pin -> UART that drives it
        for pin in self._matrix_pins:
            self.keys.drive(pin, None)
        for chip in self._driven.values():
            chip.drive(0, 0)

    def _pulsed(self):
        return ("BUZZER", self.buzzer), ("BACKLIGHT", self.backlight)

    # What the buses carried

    def traffic(self):
        """{"i2c0": {"bytes", "transfers", "time_us"}}, since the start or `clear_traffic`."""
        return {
            f"{KINDS[kind]}{number}": {
                "bytes": bus.bytes,
                "transfers": bus.transfers,
                "time_us": bus.time_ns // 1000,
            }
            for (kind, number), bus in self.buses.items()
        }

    def clear_traffic(self):
        for bus in self.buses.values():
            bus.bytes = bus.transfers = bus.time_ns = 0

    # Pins

    def pin_init(self, pin, mode, pull, value):
        state = self.pins.setdefault(pin, _Pin())
        state.mode, state.pull = mode, pull
        self._senders.pop(pin, None)
        if pin in self._matrix_pins:
            self.keys.pull(pin, 0 if pull == PULL_DOWN else 1)
        if value is not None:
            state.level = value
        self._drive(pin, state)

    def pin_write(self, pin, level):
        state = self.pins.setdefault(pin, _Pin())
        state.level = level
        self._drive(pin, state)

    def _drive(self, pin, state):
        driven = state.driven()
        if pin in self._matrix_pins:
            self.keys.drive(pin, driven)
        elif pin in self._chip_pins and driven is not None:
            self.display.pin(self._chip_pins[pin], driven)

    def pin_read(self, pin):
        state = self.pins.get(pin)
        if state is None:
            return 0
        driven = state.driven()
        if driven is not None:
            return driven
        if pin in self.inputs:
            return self.inputs[pin]
        level = self.keys.level(pin) if pin in self._matrix_pins else int(state.pull == PULL_UP)
        # Only a wire that somebody pulls low is safe without a resistor.
        return level if state.pull or not level else self._noise_bit()

    def _noise_bit(self):
        """An input that nothing holds reads anything: firmware that forgot a pull-up must fail here too."""
        self._noise = self._noise >> 1 ^ (0xB400 if self._noise & 1 else 0)
        return self._noise & 1

    def levels(self):
        """Levels of all pins as bits."""
        levels = 0
        for pin in self.pins:
            levels |= self.pin_read(pin) << pin
        return levels

    def adc_read(self, pin):
        data = getattr(self.board, "BATTERY", None)
        if self.battery and data["pin"] == pin:
            upper, lower = data["divider_kohm"]
            return min(self.battery.millivolts * 1000 * lower // (upper + lower) * 65535 // ADC_FULL_UV, 65535)
        return self.analogue.get(pin, 0)

    def pwm(self, pin, frequency, duty):
        """Hertz; 0 to 65535 of the time at one."""
        if pin in self._driven:
            self._driven[pin].drive(frequency, duty)

    # Buses

    def bus_init(self, kind, bus, frequency, pins):
        """Whatever chip hangs on just these pins answers; without pins (-1) they are those of the board's bus."""
        if kind == UART:
            self._uart_init(bus, frequency, *pins[:2])
            return
        chips = {}
        for wired_kind, number, wired_pins, address, chip in self._wires:
            joined = all(given in (-1, pin) for given, pin in zip(pins, wired_pins, strict=True))
            if kind == wired_kind and joined and (any(pin != -1 for pin in pins) or bus == number):
                chips[address] = chip
        self.buses[kind, bus] = Bus(kind, frequency, chips)

    def _uart_init(self, bus, frequency, tx, rx):
        """A pin that is left goes on sending what the UART sends until it is made something else: so does the chip's
        matrix of pins. A chip that nobody listens to speaks in vain."""
        old = self.buses.get((UART, bus))
        usual = next((line for line in self._lines if line.uart == bus), None)
        if old:
            tx, rx = tx if tx != -1 else old.tx, rx if rx != -1 else old.rx
        elif usual:
            tx, rx = tx if tx != -1 else usual.tx, rx if rx != -1 else usual.rx
        for line in self._lines:
            if line.rx == rx and not (old and old.rx == rx):
                line.chip.transmit()
        self.buses[UART, bus] = Bus(UART, frequency, tx=tx, rx=rx)
        self._senders[tx] = bus

    def _bus(self, kind, bus):
        if (kind, bus) not in self.buses:
            raise OSError(ENODEV, "no acknowledge")
        return self.buses[kind, bus]

    def i2c_write(self, bus, address, data, stop=True):
        """Number of bytes acknowledged; OSError ENODEV when nobody has the address."""
        wires = self._bus(I2C, bus)
        wires.count(len(data), (len(data) + 1) * 9 + 2)
        if address not in wires.chips:
            raise OSError(ENODEV, "no acknowledge")
        return wires.chips[address].i2c_write(bytes(data)) if data else 0

    def i2c_read(self, bus, address, n, stop=True):
        wires = self._bus(I2C, bus)
        wires.count(n, (n + 1) * 9 + 2)
        if address not in wires.chips:
            raise OSError(ENODEV, "no acknowledge")
        read = getattr(wires.chips[address], "i2c_read", None)
        return read(n) if read else b"\xff" * n

    def spi_write(self, bus, data):
        self.spi_transfer(bus, data)

    def spi_transfer(self, bus, data):
        wires = self._bus(SPI, bus)
        wires.count(len(data), len(data) * 8)
        answer = None
        for chip in wires.chips.values():
            answer = chip.spi_write(bytes(data))
        return answer if isinstance(answer, bytes) else bytes(len(data))

    def uart_write(self, bus, data):
        wires = self._bus(UART, bus)
        wires.count(len(data), len(data) * 10)
        for line in self._lines:
            if self._senders.get(line.tx) == bus:
                line.chip.receive(self._at_speed(bytes(data), wires.frequency, line.baudrate))

    def uart_any(self, bus):
        wires = self.buses.get((UART, bus))
        if wires is None:
            return 0
        for line in self._lines:
            if line.rx == wires.rx:
                room = UART_RX_BYTES - len(wires.received)
                wires.received += self._at_speed(line.chip.transmit(), line.baudrate, wires.frequency)[:room]
        return len(wires.received)

    def _at_speed(self, data, sent, heard):
        """What a receiver makes of bytes: noise when its speed is another."""
        if sent == heard or not data:
            return data
        count = max(1, len(data) * heard // sent)
        return bytes(sum(self._noise_bit() << bit for bit in range(8)) for _ in range(count))

    def uart_read(self, bus, n):
        self.uart_any(bus)
        received = self._bus(UART, bus).received
        data = bytes(received[:n])
        del received[:n]
        return data

    # Wi-Fi

    def wifi_active(self, on):
        self.radio.set_active(on)

    def wifi_connect(self, ssid, key):
        self.radio.connect(ssid.decode(), key.decode())

    def wifi_disconnect(self):
        self.radio.disconnect()

    def wifi_status(self):
        return self.radio.status()

    def wifi_info(self):
        return self.radio.info()

    def wifi_scan(self):
        return self.radio.scan()

    # The chip itself

    def rtc_set(self, seconds):
        """Seconds since the start of 2000."""
        self._rtc_s, self._rtc_at_ms = seconds, self.clock_ms()

    def rtc_get(self):
        return self._rtc_s + (self.clock_ms() - self._rtc_at_ms) // 1000

    def wdt_start(self, timeout_ms):
        if self.on_watchdog:
            self.on_watchdog(timeout_ms)

    def wdt_feed(self):
        if self.on_watchdog:
            self.on_watchdog(None)

    def heap(self, used=0, free=0):
        """Bytes that the interpreter reports about once a second; the first of them, `heap_base`, before boot.py."""
        self.heap_used, self.heap_free = used, free
        self.heap_base = self.heap_base or used

    def reset(self, cause):
        if self.on_reset is None:
            raise MachineReset(cause)
        self.on_reset(cause)

    def identity(self):
        return self.reset_cause, UNIQUE_ID


def _first_of(chip, *names):
    """Calls the first of these methods that the chip has."""
    for name in names:
        if hasattr(chip, name):
            return getattr(chip, name)()
    return None


def _wires_of(board, circuit):
    """(kind of bus, its number, its pins in the fakes' order, address, chip) of each chip on SPI or I2C."""
    display = board.DISPLAY
    if "spi" in display:
        return [(SPI, display["spi"], (display["sck"], display["mosi"], -1), 0, circuit.display)]
    return [(I2C, display["i2c"], (display["sda"], display["scl"], -1), display["address"], circuit.display)]


def _lines_of(board, circuit):
    """Each chip on a serial line, with uart, tx, rx, baudrate. Two can have the same UART, not the same pins."""
    return [
        SimpleNamespace(chip=chip, **{name: data[name] for name in ("uart", "tx", "rx", "baudrate")})
        for data, chip in (
            (board.PRINTER, circuit.printer),
            (board.READER, circuit.reader),
            (getattr(board, "SCANNER", None), circuit.scanner),
        )
        if chip
    ]


def _chips_of(board, clock_ms, instant):
    from tools.sim import chips

    keypad = board.KEYPAD
    return SimpleNamespace(
        keys=chips.KeyMatrix(keypad["rows"], keypad["cols"], keypad["legend"]),
        display={"st7920": chips.St7920, "hd44780": chips.Hd44780}[board.DISPLAY["chip"]](),
        printer=chips.EscPosPrinter(None if instant else clock_ms, board.PRINTER["baudrate"]),
        reader=chips.Pn532Chip(),
        scanner=chips.Gm65Chip(clock_ms) if hasattr(board, "SCANNER") else None,
        battery=chips.Battery(board.BATTERY["cells"]) if hasattr(board, "BATTERY") else None,
        buzzer=chips.Buzzer() if hasattr(board, "BUZZER") else None,
        backlight=chips.Backlight() if hasattr(board, "BACKLIGHT") else None,
    )
