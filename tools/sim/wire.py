"""The circuit's end of the wire to a terminal process: decodes operations from a socket, calls the `Circuit`, answers.

The format is defined by `tools/sim/fakes/wire.py`: one byte of operation, its fields, then data if it has any.
"""

import asyncio
import struct

from tools.sim.fakes import wire as op


class CircuitWire(asyncio.Protocol):
    """One terminal process. `on_lost` is called without arguments when its end of the socket is gone."""

    def __init__(self, circuit, on_lost=None):
        self._circuit = circuit
        self._on_lost = on_lost
        self._pending = bytearray()
        self._transport = None
        self.operations = 0

    def connection_made(self, transport):
        self._transport = transport

    def connection_lost(self, exc):
        if self._on_lost:
            self._on_lost()

    def data_received(self, data):
        pending = self._pending
        pending += data
        start, answers = 0, []
        while start < len(pending):
            layout, sized, handle = _OPERATIONS[pending[start]]
            end = start + 1 + layout.size
            if end > len(pending):
                break
            fields = layout.unpack_from(pending, start + 1)
            if sized:
                begin, end = end, end + fields[-1]
                if end > len(pending):
                    break
                fields = (*fields[:-1], bytes(pending[begin:end]))
            start = end
            self.operations += 1
            answer = handle(self._circuit, *fields)
            if answer is not None:
                answers.append(answer)
        del pending[:start]
        if answers:
            self._transport.write(b"".join(answers))


def _pin_init(circuit, pin, mode, pull, value):
    circuit.pin_init(pin, mode, pull, None if value == 255 else value)


def _sample(circuit):
    uarts = (min(circuit.uart_any(bus), 0xFFFF) for bus in range(3))
    return struct.pack("<Q3HH", circuit.levels(), *uarts, circuit.wifi_status())


def _bus_init(circuit, kind, bus, frequency, *pins):
    circuit.bus_init(kind, bus, frequency, pins)


def _i2c_write(circuit, bus, address, stop, data):
    try:
        return struct.pack("<h", circuit.i2c_write(bus, address, data, bool(stop)))
    except OSError as error:
        return struct.pack("<h", -error.errno)


def _i2c_read(circuit, bus, address, stop, n):
    try:
        data = circuit.i2c_read(bus, address, n, bool(stop))
    except OSError as error:
        return struct.pack("<h", -error.errno)
    return struct.pack("<h", len(data)) + data


def _sized(data):
    return struct.pack("<H", len(data)) + data


def _wifi_connect(circuit, data):
    circuit.wifi_connect(*data.split(b"\0", 1))


def _wifi_info(circuit):
    ssid, address, rssi_dbm, mac = circuit.wifi_info()
    return _sized(ssid + b"\0" + address.encode() + b"\0" + bytes([rssi_dbm + 256]) + mac)


def _wifi_scan(circuit):
    found = b""
    for ssid, bssid, channel, rssi_dbm, security, hidden in circuit.wifi_scan():
        found += bytes([len(ssid)]) + ssid + bssid + struct.pack("<BbBB", channel, rssi_dbm, security, hidden)
    return _sized(found)


def _identity(circuit):
    cause, unique_id = circuit.identity()
    return bytes([cause]) + unique_id


# operation: (fixed fields, whether as many bytes of data follow as the last field says, handler)
_OPERATIONS = {
    code: (struct.Struct("<" + layout), sized, handle)
    for code, layout, sized, handle in (
        (op._PIN_INIT, "BBBB", False, _pin_init),
        (op._PIN_LOW, "B", False, lambda circuit, pin: circuit.pin_write(pin, 0)),
        (op._PIN_HIGH, "B", False, lambda circuit, pin: circuit.pin_write(pin, 1)),
        (op._SAMPLE, "", False, _sample),
        (op._BUS_INIT, "BBI3b", False, _bus_init),
        (op._I2C_WRITE, "BBBH", True, _i2c_write),
        (op._I2C_READ, "BBBH", False, _i2c_read),
        (op._SPI_WRITE, "BH", True, lambda circuit, bus, data: circuit.spi_write(bus, data)),
        (op._SPI_TRANSFER, "BH", True, lambda circuit, bus, data: circuit.spi_transfer(bus, data)),
        (op._UART_WRITE, "BH", True, lambda circuit, bus, data: circuit.uart_write(bus, data)),
        (op._UART_READ, "BH", False, lambda circuit, bus, n: _sized(circuit.uart_read(bus, n))),
        (op._WIFI_ACTIVE, "B", False, lambda circuit, on: circuit.wifi_active(on)),
        (op._WIFI_CONNECT, "H", True, _wifi_connect),
        (op._WIFI_DISCONNECT, "", False, lambda circuit: circuit.wifi_disconnect()),
        (op._WIFI_INFO, "", False, _wifi_info),
        (op._WIFI_SCAN, "", False, _wifi_scan),
        (op._RTC_SET, "q", False, lambda circuit, seconds: circuit.rtc_set(seconds)),
        (op._RTC_GET, "", False, lambda circuit: struct.pack("<q", circuit.rtc_get())),
        (op._ADC_READ, "B", False, lambda circuit, pin: struct.pack("<H", circuit.adc_read(pin))),
        (op._PWM, "BIH", False, lambda circuit, pin, frequency, duty: circuit.pwm(pin, frequency, duty)),
        (op._WDT_START, "I", False, lambda circuit, timeout_ms: circuit.wdt_start(timeout_ms)),
        (op._WDT_FEED, "", False, lambda circuit: circuit.wdt_feed()),
        (op._HEAP, "II", False, lambda circuit, used, free: circuit.heap(used, free)),
        (op._RESET, "B", False, lambda circuit, cause: circuit.reset(cause)),
        (op._IDENTITY, "", False, _identity),
    )
}
