"""Composition root: the board's data and what was provisioned -> a terminal. Its code goes when that is done.

What is imported here at the top stays loaded. Drivers are named here and in parts.py only.
"""

import asyncio

import board
import network
from machine import ADC, PWM, UART, Pin, reset
from micropython import const

from pos import loading
from pos.drivers.backlight import Backlight
from pos.drivers.buzzer import Buzzer
from pos.drivers.clock import Clock
from pos.drivers.keypad import MatrixKeypad
from pos.journal.journal import Journal
from pos.link import tls
from pos.link.channel import Channel
from pos.link.exchange import Exchange
from pos.link.wifi import Wifi
from pos.parts import Parts
from pos.terminal import Terminal
from pos.ui.inputs import Inputs
from pos.ui.screen import Screen
from pos.ui.ui import Ui

FOLDER = "/data"
_UART_BUFFER_BYTES = const(512)
_BACKLIGHT_HZ = const(1000)  # no eye sees it flicker
_BUZZER_HZ = const(2000)


async def assemble():
    """Builds the terminal of this board and starts what runs beside it; returns it once it is provisioned."""
    clock = Clock()
    inputs = Inputs()
    screen = Screen(_DISPLAYS[board.DISPLAY["chip"]](board.DISPLAY))
    ui = Ui(screen, inputs, clock)
    tasks = [asyncio.create_task(_keypad(inputs, clock).run())]
    ui.draw(ui.t("starting"))
    try:
        with loading.Scope():
            identity, ca = _provisioned()
        wifi = Wifi(_station(), identity["wifi_ssid"], identity["wifi_key"], clock)
        open_stream = tls.opener(wifi, identity["host"], identity["port"], identity["server_name"], ca)
    except (OSError, ValueError, KeyError, TypeError):
        ui.draw(ui.t("fault_not_provisioned"))
        while True:  # provisioning ends with a reset
            await asyncio.sleep(60)
    tasks.append(asyncio.create_task(wifi.run()))
    channel = Channel(open_stream, clock, wifi.is_up)
    with loading.Scope():
        return _terminal(ui, clock, wifi, identity, channel, tasks)


def _terminal(ui, clock, wifi, identity, channel, tasks):
    from pos import preferences
    from pos.domain import parameters
    from pos.journal import recovery
    from pos.security import sealed

    # One a terminal number: what is pending for one number must not be reversed under another.
    journal = Journal("{}/journal-{}".format(FOLDER, identity["terminal"]), key=sealed.make(identity["master_key"]))
    report = journal.recover()
    journal.ballast = FOLDER + "/ballast"
    recovery.make(journal.ballast)
    exchange = Exchange(journal, channel, identity, identity["master_key"], clock, parameters.defaults())
    printer = _uart(board.PRINTER), board.PRINTER
    reader = _uart(board.READER), board.READER
    backlight = _backlight(clock)
    if backlight:
        tasks.append(asyncio.create_task(backlight.run()))
    parts = Parts(
        printer, reader, ui.inputs.on_card, FOLDER + "/operators.json", clock,
        scanner=_scanner(reader[0]), emit_scan=ui.inputs.on_scan, battery=_battery(), buzzer=_buzzer(),
        backlight=backlight, board=board.NAME, legend=board.KEYPAD["legend"],
    )  # fmt: skip
    ui.inputs.pressed = parts.pressed
    terminal = Terminal(FOLDER, ui, journal, exchange, parts, wifi, clock, identity, tasks, reset)
    preferences.note_start(terminal, report)
    preferences.load(terminal)
    parts.let_go()
    return terminal


def _provisioned():
    """(identity, DER of the authority), with what was keyed in instead. Raises what preferences.provisioned does."""
    from pos import preferences

    identity, authority = preferences.provisioned(FOLDER)
    identity.update(preferences.overrides(FOLDER))
    return identity, authority


# Drivers by the name of their chip


def _st7920(data):
    from machine import SPI

    from pos.drivers.st7920 import St7920

    spi = SPI(data["spi"], baudrate=data["baudrate"], sck=Pin(data["sck"]), mosi=Pin(data["mosi"]))
    display = St7920(spi, Pin(data["cs"], Pin.OUT, value=0), Pin(data["reset"], Pin.OUT, value=1))
    display.light_dots = data.get("light_dots", True)
    display.init()
    return display


def _hd44780(data):
    from machine import I2C

    from pos.drivers.hd44780 import Hd44780

    i2c = I2C(data["i2c"], sda=Pin(data["sda"]), scl=Pin(data["scl"]), freq=data["freq"])
    display = Hd44780(i2c, data["address"])
    display.init()
    return display


_DISPLAYS = {"st7920": _st7920, "hd44780": _hd44780}


def _keypad(inputs, clock):
    data = board.KEYPAD
    rows = [Pin(number, Pin.OPEN_DRAIN, value=1) for number in data["rows"]]
    cols = [Pin(number, Pin.IN, Pin.PULL_UP) for number in data["cols"]]
    return MatrixKeypad(rows, cols, data["legend"], inputs.on_key, clock)


def _uart(data):
    return UART(
        data["uart"], data["baudrate"], tx=Pin(data["tx"]), rx=Pin(data["rx"]), rxbuf=_UART_BUFFER_BYTES, timeout=0
    )


# What a board may lack


def _scanner(reader_uart):
    """Its UART is the reader's, lent to it in turn (parts.py): the chip has three, console and printer the others."""
    data = getattr(board, "SCANNER", None)
    if data is None or data["uart"] != board.READER["uart"]:
        return data and (_uart(data), data)
    Pin(data["tx"], Pin.OUT, value=1)  # at rest until then
    return reader_uart, data


def _battery():
    data = getattr(board, "BATTERY", None)
    return data and (ADC(Pin(data["pin"]), atten=ADC.ATTN_11DB), data)


def _buzzer():
    """Made after the display: on an ESP32 the SPI port takes the buzzer's pin for an input that nobody uses."""
    data = getattr(board, "BUZZER", None)
    return data and Buzzer(PWM(Pin(data["pin"]), freq=_BUZZER_HZ, duty_u16=0))


def _backlight(clock):
    data = getattr(board, "BACKLIGHT", None)
    return data and Backlight(PWM(Pin(data["pin"]), freq=_BACKLIGHT_HZ, duty_u16=65535), clock)


def _station():
    station = network.WLAN(network.STA_IF)
    station.active(True)
    return station
