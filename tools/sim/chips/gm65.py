"""GM65 barcode module on a UART: its zone bytes are written and read, and a code that it sees comes out as text.

Source: Hangzhou Grow, GM65 Bar Code Reader Module User Manual V1.3: 3 (read modes), 8.1 to 8.4 (commands and their
checksum), 8.5 (list of zone bytes).
"""

HEAD = b"\x7e\x00"
READ, WRITE, SAVE = 0x07, 0x08, 0x09
DONE = bytes.fromhex("02 00 00 01 00 33 31")
UNCHECKED = b"\xab\xcd"  # stands for any checksum
SETTINGS, TRIGGER, INTERVAL, READ_TIME, OUTPUT, TAIL = 0x00, 0x02, 0x05, 0x06, 0x0D, 0x60
MANUAL, COMMAND, CONTINUOUS, SENSOR = range(4)
TAILS = (b"\r", b"\r\n", b"\t", b"")
COMMAND_MS = 400  # a command that takes longer is none
UNIT_MS = 100  # of interval and reading time
LOOK_MS = 60  # between a code in view and its text
RECEIVED_MAX = 300
# What differs from zero when it comes from the factory: lamp, sound, aim and light; manual; 1 s; 5 s; serial; no tail.
FACTORY = {SETTINGS: 0xD4, INTERVAL: 10, READ_TIME: 50, OUTPUT: 0xA0, TAIL: 0x60}


class Gm65Chip:
    """The scanner: `receive` and `transmit` bytes, `present` and `remove` codes.

    `scans`: how many texts have gone out. `bad_commands`: commands with a wrong checksum or form, answered by nothing.
    `clock_ms`: callable; time stands still without one.
    """

    def __init__(self, clock_ms=None):
        self._clock_ms = clock_ms or (lambda: 0)
        self._saved = dict(FACTORY)
        self._code = None
        self.scans = 0
        self.bad_commands = 0
        self.reset()

    def reset(self):
        """The state after power-on: settings as they were saved; a code stays where it is."""
        self.zone = bytearray(256)
        for address, value in self._saved.items():
            self.zone[address] = value
        self._received = bytearray()
        self._received_ms = 0
        self._out = bytearray()
        self._begun_ms = None  # since when it looks
        self._free_ms = 0  # when it may look again

    # The code

    def present(self, code):
        """Holds a code before the window; ValueError when it is not ASCII."""
        self._code = code.encode("ascii")

    def remove(self):
        """Takes it away."""
        self._code = None

    @property
    def presented(self):
        """The code that is there, or None."""
        return self._code.decode() if self._code else None

    @property
    def looking(self):
        """Whether its light is on."""
        self._step()
        return self._begun_ms is not None

    # The wire

    def receive(self, data):
        """Bytes from the host."""
        now_ms = self._clock_ms()
        if self._received and now_ms - self._received_ms > COMMAND_MS:
            self._received.clear()
        if not self._received:
            self._received_ms = now_ms
        self._received += data
        del self._received[:-RECEIVED_MAX]
        while self._take_command():
            self._received_ms = now_ms

    def transmit(self):
        """The bytes for the host since the last call."""
        self._step()
        data = bytes(self._out)
        self._out.clear()
        return data

    def _take_command(self):
        start = self._received.find(HEAD)
        if start < 0:
            del self._received[:-1]
            return False
        del self._received[:start]
        if len(self._received) < 7:
            return False
        kind, count = self._received[2], self._received[3]
        size = 6 + (count or 256 if kind == WRITE else 1) + 2
        if len(self._received) < size:
            return False
        content, check = bytes(self._received[2 : size - 2]), bytes(self._received[size - 2 : size])
        if check in (UNCHECKED, checksum(content)) and self._obey(kind, content[1], content[2:4], content[4:]):
            del self._received[:size]
        else:
            self.bad_commands += 1
            del self._received[: len(HEAD)]
        return True

    def _obey(self, kind, count, address, data):
        at = int.from_bytes(address, "big")
        if kind == READ and count == 1 and at + (data[0] or 256) <= 256:
            answer = bytes((0, data[0])) + bytes(self.zone[at : at + (data[0] or 256)])
            self._out += b"\x02\x00" + answer + checksum(answer)
        elif kind == WRITE and at + len(data) <= 256:
            self._out += DONE
            self.zone[at : at + len(data)] = data
            self._changed()
        elif kind == SAVE and (count, at, data) == (1, 0, b"\0"):
            self._out += DONE
            self._saved = dict(enumerate(self.zone))
        else:
            return False
        return True

    # Reading codes

    @property
    def _mode(self):
        return self.zone[SETTINGS] & 3

    def _changed(self):
        """Each mode begins and ends to look at once; all but the continuous one when they are told to."""
        if self._mode in (MANUAL, COMMAND) and not self.zone[TRIGGER] & 1:
            self._begun_ms = None
        elif self._begun_ms is None:
            self._begun_ms = self._free_ms = self._clock_ms()

    def _step(self):
        now_ms = self._clock_ms()
        if self._mode == CONTINUOUS and self._begun_ms is None and now_ms >= self._free_ms:
            self._begun_ms = now_ms
        if self._begun_ms is None:
            return
        if self._code and now_ms - self._begun_ms >= LOOK_MS:
            self._out += self._text()
            self.scans += 1
            self._ended(now_ms)
        elif self.zone[READ_TIME] and now_ms - self._begun_ms >= self.zone[READ_TIME] * UNIT_MS:
            self._ended(now_ms)

    def _ended(self, now_ms):
        self._begun_ms = None
        self._free_ms = now_ms + self.zone[INTERVAL] * UNIT_MS
        self.zone[TRIGGER] &= 0xFE

    def _text(self):
        tail = TAILS[self.zone[TAIL] >> 5 & 3] if self.zone[TAIL] & 1 else b""
        return self._code + tail


def checksum(data):
    """CRC-16 with the polynomial 1021 that begins with zero."""
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value.to_bytes(2, "big")
