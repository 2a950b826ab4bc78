"""Every board file: pins that can do what is asked of them, and a README that says the same."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

BOARDS = Path(__file__).parents[2] / "boards"
NAMES = sorted(path.parent.name for path in BOARDS.glob("*/board.py"))

# Espressif, ESP32 and ESP32-S3 data sheets, chapters "Pin Definitions" and "Strapping Pins"; flash, PSRAM, USB and
# console as on the DevKits.
CHIPS = {
    "esp32": {
        "pins": set(range(40)) - {20, 24, 28, 29, 30, 31},
        "taken": set(range(6, 12)) | {1, 3},
        # Level that is read at reset for a start from flash; the two that nothing may be hung on are None: the voltage
        # of the flash and the choice of where to start from.
        "strapping": {0: None, 2: 0, 5: 1, 12: None, 15: 1},
        "inputs": set(range(34, 40)),
        "adc1": set(range(32, 40)),
        "uarts": {1, 2},
    },
    "esp32s3": {
        "pins": set(range(49)) - {22, 23, 24, 25},
        "taken": set(range(26, 38)) | {19, 20, 43, 44, 38, 48},
        "strapping": {0: None, 3: None, 45: None, 46: None},
        "inputs": set(),
        "adc1": set(range(1, 11)),
        "uarts": {1, 2},
    },
}


def load(name):
    spec = importlib.util.spec_from_file_location("board_" + name, BOARDS / name / "board.py")
    board = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(board)
    return board, json.loads((BOARDS / name / "board.json").read_text())


def used_pins(board):
    """[(part's pin as the README has it, GPIO, "out" or "in")]"""
    pins = [(f"row {n + 1}", pin, "out") for n, pin in enumerate(board.KEYPAD["rows"])]
    pins += [(f"column {n + 1}", pin, "in with pull-up") for n, pin in enumerate(board.KEYPAD["cols"])]
    names = {"sck": "E", "mosi": "R/W", "cs": "RS", "reset": "RST", "sda": "SDA", "scl": "SCL"}
    pins += [(names[key], board.DISPLAY[key], "out") for key in names if key in board.DISPLAY]
    for part in (board.PRINTER, board.READER, *_optional(board, "SCANNER")):
        pins += [("RX", part["tx"], "out"), ("TX", part["rx"], "in")]
    pins += [("+", part["pin"], "in") for part in _optional(board, "BATTERY")]
    pins += [("gate", part["pin"], "out") for part in _optional(board, "BUZZER", "BACKLIGHT")]
    return pins


def _optional(board, *names):
    return [getattr(board, name) for name in names if hasattr(board, name)]


# What a part's pin rests at while the chip is reset: a serial line at one, a transistor's gate at its resistor's zero.
REST = {"RX": 1, "gate": 0}


@pytest.mark.parametrize("name", NAMES)
def test_pins(name):
    board, about = load(name)
    chip = CHIPS[about["mcu"]]
    assert name == board.NAME
    pins = used_pins(board)
    numbers = [pin for _, pin, _ in pins]
    assert len(set(numbers)) == len(numbers), "a pin is used twice"
    assert set(numbers) <= chip["pins"] - chip["taken"]
    assert {pin for _, pin, use in pins if use != "in"}.isdisjoint(chip["inputs"])
    for part, pin, _use in pins:
        if pin in chip["strapping"]:
            assert REST.get(part) == chip["strapping"][pin] is not None, f"{part} at {pin} is read at reset"
    assert {board.PRINTER["uart"], board.READER["uart"]} == chip["uarts"]
    assert {part["uart"] for part in _optional(board, "SCANNER")} <= {board.READER["uart"]}
    assert {part["pin"] for part in _optional(board, "BATTERY")} <= chip["adc1"]


@pytest.mark.parametrize("name", NAMES)
def test_the_battery_stays_within_what_the_converter_reads(name):
    board, _ = load(name)
    for battery in _optional(board, "BATTERY"):
        upper, lower = battery["divider_kohm"]
        full_mv = 4200 * battery["cells"] * lower // (upper + lower)
        assert 1500 < full_mv < 2450, "the ESP32's converter is straight up to there"
        assert 4200 * battery["cells"] // (upper + lower) < 50, "more microamperes would drain the pack"


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_lists_used_and_free_pins(name):
    board, about = load(name)
    chip = CHIPS[about["mcu"]]
    text = (BOARDS / name / "README.md").read_text()
    used = re.search(r"^\| used \| ([^|]+) \|$", text, re.MULTILINE)
    free = re.search(r"^\| free \| ([^|]+) \|$", text, re.MULTILINE)
    assert _numbers(used[1]) == {pin for _, pin, _ in used_pins(board)}
    assert _numbers(free[1]) <= chip["pins"] - _numbers(used[1])


def _numbers(text):
    numbers = set()
    for low, high in re.findall(r"(\d+)(?: to (\d+))?", re.sub(r"\([^)]*\)", "", text)):
        numbers |= set(range(int(low), int(high or low) + 1))
    return numbers


@pytest.mark.parametrize("name", NAMES)
def test_keypad_and_display(name):
    board, _ = load(name)
    rows, cols, legend = board.KEYPAD["rows"], board.KEYPAD["cols"], board.KEYPAD["legend"]
    assert len(legend) == len(rows) and {len(row) for row in legend} == {len(cols)}
    keys = [key for row in legend for key in row]
    assert sorted(keys) == sorted([*"0123456789", "CANCEL", "CLEAR", "MENU", "UP", "DOWN", "ENTER"])
    assert (board.DISPLAY["chip"], board.DISPLAY["cols"], board.DISPLAY["rows"]) in (
        ("st7920", 16, 4),
        ("hd44780", 20, 4),
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_pure_data(name):
    source = (BOARDS / name / "board.py").read_text()
    assert not re.search(r"^\s*(import|from|def|class|if|for)\b", source, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_has_the_same_wires(name):
    board, _ = load(name)
    text = (BOARDS / name / "README.md").read_text()
    rows = re.findall(
        r"^\| (?:keypad|display|printer|reader|scanner|battery|buzzer|backlight) \| ([\w/]+(?: \d)?|\+)[^|]*"
        r"\| (\d+) \|",
        text,
        re.MULTILINE,
    )
    assert sorted((pin, int(gpio)) for pin, gpio in rows) == sorted((pin, gpio) for pin, gpio, _ in used_pins(board))


def test_the_overview_names_every_board():
    text = (BOARDS / "README.md").read_text()
    assert all(f"`{name}`" in text for name in NAMES)
