"""The terminal's end of the wire to the simulated circuit.

The fakes call `wire.backend`, which is either the `Circuit` itself (same process, CPython) or a `Remote` that speaks
to it over an inherited socket. Both have the same operations; `tools/sim/circuit.py` documents them.

To keep polling cheap, pin writes wait in a buffer for the next operation that must go out, and one round trip (a
*sample*) fetches the levels of all inputs, the fill of all UARTs and the Wi-Fi state at once; it serves every
read until something is written or SAMPLE_US have passed.
"""

import gc
import struct
import sys
import time

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_PIN_INIT = const(1)
_PIN_LOW = const(2)
_PIN_HIGH = const(3)
_SAMPLE = const(4)
_BUS_INIT = const(5)
_I2C_WRITE = const(6)
_I2C_READ = const(7)
_SPI_WRITE = const(8)
_SPI_TRANSFER = const(9)
_UART_WRITE = const(10)
_UART_READ = const(11)
_WIFI_ACTIVE = const(12)
_WIFI_CONNECT = const(13)
_WIFI_DISCONNECT = const(14)
_WIFI_INFO = const(15)
_WIFI_SCAN = const(16)
_RTC_SET = const(17)
_RTC_GET = const(18)
_ADC_READ = const(19)
_WDT_START = const(20)
_WDT_FEED = const(21)
_HEAP = const(22)
_RESET = const(23)
_IDENTITY = const(24)
_PWM = const(25)

_SAMPLE_FORMAT = "<Q3HH"  # levels of pins 0..63, bytes waiting in UART 0..2, Wi-Fi status
_SAMPLE_BYTES = const(16)
_SAMPLE_US = const(300)
_BUFFER_BYTES = const(128)
_HEAP_REPORT_MS = const(1000)

backend = None
# Under MicroPython, where firmware sees nothing but its flash: the file system with the files beside this one.
hidden = None


def load(name):
    """Imports one of the files beside this one."""
    if hidden is None:
        return __import__(name)
    import vfs

    vfs.mount(hidden, "/sim", readonly=True)
    sys.path.insert(0, "/sim")
    try:
        return __import__(name)
    finally:
        sys.path.pop(0)
        vfs.umount("/sim")


def connect(fd):
    """Makes the circuit at the other end of the inherited socket `fd` the backend."""
    global backend
    backend = Remote(fd)


class Remote:
    """The operations of a circuit in another process. When that process is gone, so is this one."""

    def __init__(self, fd):
        self._stream = open(fd, "r+b", 0)
        self._buffer = bytearray(_BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._used = 0
        self._sample = None
        self._sampled_us = 0
        self._heap_ms = None

    # Transport

    def _queue(self, first, second=None):
        """Adds one or two bytes to what goes out with the next operation."""
        if self._used > _BUFFER_BYTES - 2:
            self._flush()
        self._buffer[self._used] = first
        self._used += 1
        if second is not None:
            self._buffer[self._used] = second
            self._used += 1
        self._sample = None

    def _flush(self):
        used, self._used = self._used, 0
        if used:
            self._write(self._view[:used])

    def _write(self, data):
        try:
            sent = self._stream.write(data)
            while sent < len(data):
                data = data[sent:]
                sent = self._stream.write(data)
        except OSError:
            _end()

    def _send(self, head, data=None):
        self._sample = None
        self._flush()
        self._write(head if data is None else head + bytes(data))

    def _ask(self, head, n, data=None):
        self._send(head, data)
        return self._exactly(n)

    def _exactly(self, n):
        if not n:
            return b""
        try:
            data = self._stream.read(n)
            while data and len(data) < n:
                more = self._stream.read(n - len(data))
                data = data + more if more else b""
        except OSError:
            data = b""
        if not data:
            _end()
        return data

    def _look(self):
        if self._sample is None or time.ticks_diff(time.ticks_us(), self._sampled_us) > _SAMPLE_US:
            self.report_heap()
            self._queue(_SAMPLE)
            self._flush()
            self._sample = struct.unpack(_SAMPLE_FORMAT, self._exactly(_SAMPLE_BYTES))
            self._sampled_us = time.ticks_us()
        return self._sample

    def report_heap(self):
        now = time.ticks_ms()
        if self._heap_ms is None or time.ticks_diff(now, self._heap_ms) >= _HEAP_REPORT_MS:
            self._heap_ms = now
            self.heap()

    # Operations

    def pin_init(self, pin, mode, pull, value):
        self._send(struct.pack("<BBBBB", _PIN_INIT, pin, mode, pull, 255 if value is None else value))

    def pin_write(self, pin, level):
        self._queue(_PIN_HIGH if level else _PIN_LOW, pin)

    def pin_read(self, pin):
        return (self._look()[0] >> pin) & 1

    def bus_init(self, kind, bus, frequency, pins):
        """`pins`: three numbers, -1 for one that is not given."""
        self._send(struct.pack("<BBBI3b", _BUS_INIT, kind, bus, frequency, *pins))

    def i2c_write(self, bus, address, data, stop=True):
        head = struct.pack("<BBBBH", _I2C_WRITE, bus, address, stop, len(data))
        acked = struct.unpack("<h", self._ask(head, 2, data))[0]
        if acked < 0:
            raise OSError(-acked, "no acknowledge")
        return acked

    def i2c_read(self, bus, address, n, stop=True):
        head = struct.pack("<BBBBH", _I2C_READ, bus, address, stop, n)
        got = struct.unpack("<h", self._ask(head, 2))[0]
        if got < 0:
            raise OSError(-got, "no acknowledge")
        return self._exactly(got)

    def spi_write(self, bus, data):
        self._send(struct.pack("<BBH", _SPI_WRITE, bus, len(data)), data)

    def spi_transfer(self, bus, data):
        return self._ask(struct.pack("<BBH", _SPI_TRANSFER, bus, len(data)), len(data), data)

    def uart_write(self, bus, data):
        self._send(struct.pack("<BBH", _UART_WRITE, bus, len(data)), data)

    def uart_any(self, bus):
        return self._look()[1 + bus]

    def uart_read(self, bus, n):
        head = struct.pack("<BBH", _UART_READ, bus, n)
        return self._exactly(struct.unpack("<H", self._ask(head, 2))[0])

    def wifi_active(self, on):
        self._send(bytes((_WIFI_ACTIVE, on)))

    def wifi_connect(self, ssid, key):
        data = ssid + b"\0" + key
        self._send(struct.pack("<BH", _WIFI_CONNECT, len(data)), data)

    def wifi_disconnect(self):
        self._send(bytes((_WIFI_DISCONNECT,)))

    def wifi_status(self):
        return self._look()[4]

    def wifi_info(self):
        """(ssid, address, rssi dBm, 6 bytes of MAC)"""
        text = self._answer(_WIFI_INFO).split(b"\0", 2)
        return (text[0], str(text[1], "utf-8"), text[2][0] - 256, text[2][1:7])

    def wifi_scan(self):
        """List of (ssid, bssid, channel, rssi, security, hidden)."""
        data, found = self._answer(_WIFI_SCAN), []
        while data:
            n = data[0]
            channel, rssi, security, hidden = struct.unpack("<BbBB", data[7 + n : 11 + n])
            found.append((data[1 : 1 + n], data[1 + n : 7 + n], channel, rssi, security, bool(hidden)))
            data = data[11 + n :]
        return found

    def _answer(self, operation):
        return self._exactly(struct.unpack("<H", self._ask(bytes((operation,)), 2))[0])

    def rtc_set(self, seconds):
        """Seconds since the start of 2000."""
        self._send(struct.pack("<Bq", _RTC_SET, seconds))

    def rtc_get(self):
        return struct.unpack("<q", self._ask(bytes((_RTC_GET,)), 8))[0]

    def adc_read(self, pin):
        """0 to 65535."""
        return struct.unpack("<H", self._ask(bytes((_ADC_READ, pin)), 2))[0]

    def pwm(self, pin, frequency, duty):
        """Hertz; 0 to 65535 of the time at one."""
        self._send(struct.pack("<BBIH", _PWM, pin, frequency, duty))

    def wdt_start(self, timeout_ms):
        self._send(struct.pack("<BI", _WDT_START, timeout_ms))

    def wdt_feed(self):
        self._queue(_WDT_FEED)

    def heap(self):
        """Reports bytes of heap in use and free; CPython has no such numbers."""
        if hasattr(gc, "mem_alloc"):
            self._send(struct.pack("<BII", _HEAP, gc.mem_alloc(), gc.mem_free()))

    def reset(self, cause):
        """Never returns: the other side ends this process as a chip's reset line would."""
        self._send(bytes((_RESET, cause)))
        self._exactly(1)

    def identity(self):
        """(cause of the last reset, 6 bytes of unique id)"""
        answer = self._ask(bytes((_IDENTITY,)), 7)
        return answer[0], answer[1:]


def _end():
    # Not an error that firmware could catch and go on with: there is no hardware any more.
    sys.exit(0)
