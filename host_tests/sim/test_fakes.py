"""The fakes: the same script gives the same answers on both runtimes, over the wire and in this process."""

import asyncio
import sys

import pytest

from host_tests.sim import parts
from tools.sim.circuit import MachineReset
from tools.sim.virtual_time import VirtualTimeLoop

PINS = """
import board
from machine import Pin

async def main():
    rows = [Pin(p, Pin.OPEN_DRAIN, value=1) for p in board.KEYPAD["rows"]]
    cols = [Pin(p, Pin.IN, Pin.PULL_UP) for p in board.KEYPAD["cols"]]
    say("idle", [col.value() for col in cols])
    for row in rows:
        row.off()
        say("row", [col() for col in cols])
        row.on()
    led = Pin(2, Pin.OUT, value=1)
    say("out", led.value())
    led(0)
    say("out", led.value())
    try:
        Pin(3, 55)
    except ValueError:
        say("mode", "refused")
"""

BUSES = """
import board
from machine import I2C, SPI, SoftI2C, SoftSPI, UART, Pin

async def main():
    d = board.DISPLAY
    i2c = I2C(0, sda=Pin(d["sda"]), scl=Pin(d["scl"]), freq=d["freq"])
    say("acked", i2c.writeto(0x27, b"abc"))
    say("read", i2c.readfrom(0x27, 3))
    say("memory", i2c.readfrom_mem(0x27, 1, 2))
    say("scan", i2c.scan())
    try:
        i2c.writeto(0x28, b"x")
    except OSError as error:
        say("absent", error.errno)
    wrong = I2C(1, sda=Pin(d["scl"]), scl=Pin(d["sda"]))
    say("wrong pins", wrong.scan())
    say("soft", SoftI2C(scl=Pin(d["scl"]), sda=Pin(d["sda"])).scan())
    spi = SPI(2, 1000000, sck=Pin(40), mosi=Pin(41))
    spi.write(b"nobody")
    say("spi", spi.read(2))
    answer = bytearray(3)
    SoftSPI(sck=Pin(40), mosi=Pin(41)).write_readinto(b"xyz", answer)
    say("soft spi", answer)
    port = UART(1, 115200, tx=Pin(board.READER["tx"]), rx=Pin(board.READER["rx"]))
    say("before", (port.any(), port.read()))
    say("written", port.write(b"hello"))
    say("waiting", port.any())
    say("two", port.read(2))
    buffer = bytearray(8)
    say("rest", (port.readinto(buffer), bytes(buffer)))
"""

CHIP = """
import asyncio, machine, network

async def main():
    say("cause", machine.reset_cause())
    say("id", machine.unique_id())
    rtc = machine.RTC()
    say("unset", rtc.datetime()[0])
    for day in ((2024, 2, 29), (2026, 3, 14), (2000, 1, 1), (2099, 12, 31), (2100, 3, 1)):
        rtc.datetime((day[0], day[1], day[2], 0, 15, 9, 26, 0))
        now = rtc.datetime()
        say("clock", (now[:3], now[3], now[4:7]))
    say("adc", machine.ADC(machine.Pin(36)).read_u16())
    wlan = network.WLAN(network.WLAN.IF_STA)
    try:
        wlan.scan()
    except OSError:
        say("scan", "inactive")
    wlan.active(True)
    for name, bssid, channel, rssi, security, hidden in wlan.scan():
        say("network", (name, len(bssid), channel, rssi, security, hidden))
    say("before", (wlan.isconnected(), wlan.status() == network.STAT_IDLE, wlan.ifconfig()[0]))
    wlan.connect("pos-demo", "wrong")
    try:
        wlan.scan()
    except OSError:
        say("scan", "connecting")
    while wlan.status() == network.STAT_CONNECTING:
        await asyncio.sleep_ms(10)
    say("wrong key", wlan.status())
    wlan.disconnect()
    wlan.connect("pos-demo", "pos-demo-key")
    while wlan.status() == network.STAT_CONNECTING:
        await asyncio.sleep_ms(10)
    say("joined", (wlan.isconnected(), wlan.ifconfig()[0], wlan.config("ssid"), wlan.status("rssi")))
    say("mac", wlan.config("mac"))
    say("channel", wlan.config("channel"))
    say("address", wlan.ipconfig("addr4"))
"""

MORE = """
import board
from machine import ADC, PWM, UART, Pin

async def main():
    adc = ADC(Pin(board.BATTERY["pin"]), atten=ADC.ATTN_11DB)
    say("battery", abs(adc.read_uv() - 2064000) < 3000)
    pwm = PWM(Pin(board.BUZZER["pin"]), freq=2000, duty_u16=0)
    say("silent", (pwm.freq(), pwm.duty_u16()))
    pwm.freq(2650)
    pwm.duty_u16(32768)
    pwm.duty_u16(0)
    pwm.freq(800)
    pwm.deinit()
    for bad in (lambda: pwm.freq(0), lambda: pwm.duty_u16(65536)):
        try:
            bad()
        except ValueError:
            say("refused", pwm.freq())
    PWM(Pin(board.BACKLIGHT["pin"]), freq=1000)
    port = UART(1, 115200, tx=Pin(board.READER["tx"]), rx=Pin(board.READER["rx"]))
    port.write(b"to the reader")
    port.init(board.SCANNER["baudrate"], tx=Pin(board.SCANNER["tx"]), rx=Pin(board.SCANNER["rx"]))
    say("of the other", port.any())
    Pin(board.READER["tx"], Pin.OUT, value=1)
    port.write(b"to the scanner")
    say("scanner", port.read())
    port.init(115200)
    say("wrong speed", port.write(b"x") and b"X" in (port.read() or b""))
"""

# `say` collects; what was said goes out as one piece at the end.
FRAME = """
said = []

def say(what, value):
    said.append("%s %s" % (what, repr(bytes(value) if isinstance(value, bytearray) else value)))
{}
inner = main

async def main():
    from machine import UART
    await inner()
    UART(2, 19200).write(("|".join(said) + "\\n").encode())
"""


def run_in_process(script, circuit, monkeypatch):
    """Runs the script on CPython with the circuit as the fakes' backend, on a virtual clock."""
    on_demand = ("machine_analogue", "machine_i2c", "machine_spi", "machine_wdt")
    for name in ("machine", "network", "esp32", "wire", "board", *on_demand):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(str(parts.TerminalProcess.__init__.__globals__["FAKES"]))
    import wire

    wire.backend = circuit
    monkeypatch.setitem(sys.modules, "board", circuit.board)
    names = {}
    exec(script, names)
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        circuit.radio._clock_ms = circuit.clock_ms = lambda: round(runner.get_loop().time() * 1000)
        circuit.rtc_set(0)
        runner.run(names["main"]())
    return circuit.printer.heard.decode()


async def run_as_process(script, folder, runtime, board, prepare):
    process = parts.terminal(folder, script, runtime, board)
    prepare(process.circuit)
    try:
        await process.start()
        return await parts.printed(process)
    finally:
        await process.close()


def pressed(circuit):
    circuit.keys.pressed.add((circuit.keys.rows[1], circuit.keys.cols[2]))


def analogue(circuit):
    circuit.analogue[36] = 12345


def with_more(circuit):
    circuit.battery.charge_pct = 92


SCRIPTS = {
    "pins": (PINS, parts.BOARDS["spi"], pressed),
    "buses": (BUSES, parts.BOARDS["i2c"], lambda circuit: None),
    "chip": (CHIP, parts.BOARDS["spi"], analogue),
    "more": (MORE, parts.BOARDS["spi"], with_more),
}
EXPECTED = {
    "pins": [
        "idle [1, 1, 1, 1]",
        "row [1, 1, 1, 1]",
        "row [1, 1, 0, 1]",
        "row [1, 1, 1, 1]",
        "row [1, 1, 1, 1]",
        "out 1",
        "out 0",
        "mode 'refused'",
    ],
    "buses": [
        "acked 3",
        r"read b'\x00\x01\x02'",
        r"memory b'\x00\x01'",
        "scan [39]",
        "absent 19",
        "wrong pins []",
        "soft [39]",
        r"spi b'\x00\x00'",
        r"soft spi b'\x00\x00\x00'",
        "before (0, None)",
        "written 5",
        "waiting 5",
        "two b'HE'",
        r"rest (3, b'LLO\x00\x00\x00\x00\x00')",
    ],
    "chip": [
        "cause 1",
        r"id b'$o(\x10\x00\x00'",
        "unset 2000",
        "clock ((2024, 2, 29), 3, (15, 9, 26))",
        "clock ((2026, 3, 14), 5, (15, 9, 26))",
        "clock ((2000, 1, 1), 5, (15, 9, 26))",
        "clock ((2099, 12, 31), 3, (15, 9, 26))",
        "clock ((2100, 3, 1), 0, (15, 9, 26))",
        "adc 12345",
        "scan 'inactive'",
        "network (b'pos-demo', 6, 6, -55, 3, False)",
        "network (b'pos-guest', 6, 11, -71, 0, False)",
        "before (False, True, '0.0.0.0')",
        "scan 'connecting'",
        "wrong key 202",
        "joined (True, '192.168.4.2', 'pos-demo', -55)",
        r"mac b'$o(\x10\x00\x01'",
        "channel 6",
        "address ('192.168.4.2', '255.255.255.0')",
    ],
    "more": [
        "battery True",
        "silent (2000, 0)",
        "refused 800",
        "refused 800",
        "of the other 0",
        "scanner b'TO THE SCANNER'",
        "wrong speed False",
    ],
}


@pytest.mark.parametrize("runtime", ["micropython", "cpython", "in process"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_script(name, runtime, tmp_path, monkeypatch):
    script, board, prepare = SCRIPTS[name]
    script = FRAME.format(script)
    if runtime == "in process":
        circuit = parts.circuit(board)
        prepare(circuit)
        said = run_in_process(script, circuit, monkeypatch)
    else:
        said = asyncio.run(run_as_process(script, tmp_path, runtime, board, prepare))
    assert said.strip().split("|") == EXPECTED[name]


def test_reset_in_process_is_an_exception(monkeypatch):
    script = "import machine\nasync def main():\n    machine.reset()\n"
    with pytest.raises(MachineReset) as caught:
        run_in_process(script, parts.circuit(), monkeypatch)
    assert caught.value.cause == 2
