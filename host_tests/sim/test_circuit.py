"""The circuit: pins that behave as wires do, buses that are counted, a radio that is joined and lost."""

import pytest

from host_tests.sim import parts
from tools.sim.circuit import I2C, IN, OPEN_DRAIN, OUT, PULL_UP, SPI, UART, boards, load_board
from tools.sim.radio import BEACON_TIMEOUT, CONNECTING, GOT_IP, IDLE, JOIN_MS, NO_AP_FOUND, Radio


def test_boards_are_found_by_name():
    assert {"esp32_devkitc", "esp32_s3_devkitc"} <= set(boards())
    with pytest.raises(ValueError, match="esp32_devkitc"):
        load_board("none")


def test_an_input_without_resistor_reads_noise():
    circuit = parts.circuit()
    col = circuit.board.KEYPAD["cols"][0]
    circuit.pin_init(col, IN, 0, None)
    assert {circuit.pin_read(col) for _ in range(50)} == {0, 1}
    circuit.pin_init(col, IN, PULL_UP, None)
    assert {circuit.pin_read(col) for _ in range(50)} == {1}


def test_open_drain_pulls_low_or_lets_go():
    circuit = parts.circuit()
    row = circuit.board.KEYPAD["rows"][0]
    circuit.pin_init(row, OPEN_DRAIN, 0, 1)
    assert circuit.keys.driven[row] is None
    circuit.pin_write(row, 0)
    assert circuit.keys.driven[row] == 0
    circuit.power_off()
    assert circuit.keys.driven[row] is None


def test_display_lines_follow_their_pins():
    circuit = parts.circuit()
    circuit.pin_init(circuit.board.DISPLAY["cs"], OUT, 0, 0)
    circuit.pin_write(circuit.board.DISPLAY["cs"], 1)
    assert circuit.display.lines == {"cs": 1}


def test_time_on_each_bus():
    circuit = parts.circuit(parts.BOARDS["i2c"])
    circuit.bus_init(I2C, 0, 400_000, (-1, -1, -1))
    circuit.i2c_write(0, 0x27, b"abc")
    circuit.bus_init(SPI, 2, 1_000_000, (40, 41, -1))
    circuit.spi_write(2, b"abcd")
    circuit.bus_init(UART, 2, 19200, (-1, -1, -1))
    circuit.uart_write(2, b"x" * 192)
    assert circuit.traffic() == {
        # address and three bytes of nine bits, start and stop: 38 bits of 2.5 us
        "i2c0": {"bytes": 3, "transfers": 1, "time_us": 95},
        "spi2": {"bytes": 4, "transfers": 1, "time_us": 32},
        "uart2": {"bytes": 192, "transfers": 1, "time_us": 100_000},
    }
    circuit.clear_traffic()
    assert circuit.traffic()["uart2"]["bytes"] == 0


def test_a_full_receive_buffer_loses_the_rest():
    circuit = parts.circuit()
    circuit.bus_init(UART, 2, 19200, (-1, -1, -1))
    circuit.uart_write(2, b"y" * 1000)
    assert circuit.uart_any(2) == 256
    assert circuit.uart_read(2, 1000) == b"Y" * 256
    assert circuit.uart_any(2) == 0


def test_two_parts_on_one_uart():
    circuit = parts.circuit()
    reader, scanner = circuit.board.READER, circuit.board.SCANNER
    circuit.bus_init(UART, 1, 115200, (reader["tx"], reader["rx"], -1))
    circuit.uart_write(1, b"one")
    assert circuit.uart_read(1, 9) == b"ONE" and circuit.scanner.heard == b""
    circuit.bus_init(UART, 1, 9600, (scanner["tx"], scanner["rx"], -1))
    circuit.uart_write(1, b"two")
    assert circuit.scanner.heard == b"two" and circuit.uart_read(1, 9) == b"TWO"
    # The pin that was left still sends, at a speed that the reader takes for noise.
    assert len(circuit.reader.heard) > 3 and circuit.reader.heard[:3] == b"one"
    circuit.reader.heard = b""
    circuit.pin_init(reader["tx"], OUT, 0, 1)
    circuit.uart_write(1, b"three")
    assert circuit.reader.heard == b""
    # What a part says while nobody listens is lost.
    circuit.reader.receive(b"lost")
    circuit.bus_init(UART, 1, 115200, (reader["tx"], reader["rx"], -1))
    assert circuit.uart_any(1) == 0


def test_tone_and_light_end_with_a_reset():
    circuit = parts.circuit()
    circuit.pwm(circuit.board.BUZZER["pin"], 2000, 32768)
    circuit.pwm(circuit.board.BUZZER["pin"], 2650, 32768)
    circuit.pwm(circuit.board.BACKLIGHT["pin"], 50, 32768)
    assert circuit.buzzer.sounding and circuit.buzzer.count == 2
    assert circuit.backlight.percent == 50 and circuit.backlight.flickers
    circuit.restarted(3)
    assert not circuit.buzzer.sounding and circuit.backlight.percent == 0
    assert circuit.buzzer.state() == {"count": 2, "hz": 2650, "loudness_pct": 100}
    circuit.power_off()


def test_the_radio_joins_is_lost_and_comes_back():
    now_ms = 0
    radio = Radio(clock_ms=lambda: now_ms)
    radio.set_active(True)
    assert radio.status() == IDLE
    radio.connect("pos-demo", "pos-demo-key")
    assert radio.status() == CONNECTING
    now_ms += JOIN_MS
    assert radio.status() == GOT_IP
    radio.up = False
    assert radio.status() == BEACON_TIMEOUT
    assert radio.scan() == []
    now_ms += 60_000
    radio.up = True
    assert radio.status() == CONNECTING
    now_ms += JOIN_MS
    assert radio.status() == GOT_IP
    radio.connect("nobody", "")
    now_ms += JOIN_MS
    assert radio.status() == NO_AP_FOUND
    radio.connect("pos-guest", "")
    now_ms += JOIN_MS
    assert radio.status() == GOT_IP
    radio.power_off()
    assert radio.status() == IDLE
