"""A thermal receipt printer on a UART: receive buffer, real-time commands, faults, and the time that printing takes.

The commands that print are in `escpos_commands`. Source: Epson's ESC/POS command reference for DLE EOT, DLE ENQ,
DLE DC4 and GS r; the manuals of 58 mm printers with the same commands for buffer size and speed.
"""

import math
import threading
from collections import deque

from tools.sim.chips.escpos_commands import Commands, Complaints
from tools.sim.chips.paper import TORN, Paper

DLE, EOT, ENQ, DC4 = 0x10, 0x04, 0x05, 0x14
CLEAR_BUFFERS = bytes((DLE, DC4, 8, 1, 3, 20, 1, 6, 2, 8))
CLEARED = bytes((0x37, 0x25, 0x00))

STATUS = 0x12
"""Bits 1 and 4 are set in every answer to DLE EOT."""

OFF_LINE = 0x08  # n = 1
COVER_OPEN, PAPER_STOP = 0x04, 0x20  # n = 2
PAPER_END = 0x60  # n = 4

BUFFER_BYTES = 512
SPEED_MM_S = 80
DOTS_PER_MM = 8
BITS_PER_BYTE = 10
TRANSMIT_LIMIT = 256


class EscPosPrinter:
    """The printer: `receive` what comes over the wire, `transmit` what it answers.

    `clock_ms`: callable giving milliseconds. With it, bytes arrive at `baudrate`, lines take the time that the
    mechanism needs, and what comes while `buffer_bytes` are waiting is lost. Without it everything happens at once,
    but while the printer is off-line its buffer still fills.
    `now`: callable giving the date and time for slips.

    `paper_left`: dots until the roll ends and `paper_out` becomes true; None for a roll that never does.
    """

    def __init__(self, clock_ms=None, baudrate=19200, buffer_bytes=BUFFER_BYTES, speed_mm_s=SPEED_MM_S, now=None):
        self._lock = threading.RLock()  # firmware writes while a page looks at the paper
        self._clock_ms = clock_ms
        self._byte_ms = BITS_PER_BYTE * 1000 / baudrate if clock_ms else 0
        self._dot_ms = 1000 / (speed_mm_s * DOTS_PER_MM) if clock_ms else 0
        self.buffer_bytes = buffer_bytes
        self._paper = Paper(now)
        self._paper_out = self._cover_open = False
        self.paper_left = None
        self._overruns = 0
        self._complaints = Complaints()
        self._time_ms = self._wire_free_ms = 0.0
        self._switch_on()

    def reset(self):
        """What switching off and on does: buffers and settings are lost; paper, faults and counters stay."""
        with self._lock:
            self._advance()
            self._switch_on()

    def _switch_on(self):
        self._wire = deque()  # (arrival in ms, byte) on its way
        self._buffer = deque()
        self._out = bytearray()
        self._busy_until_ms = 0.0
        self._recent = bytearray()
        self._lost_recently = 0
        self._commands = Commands(self, self._paper, self._complaints)

    # What people do to a printer

    @property
    def paper(self):
        """The paper as it is by now."""
        self._advance()
        return self._paper

    @property
    def paper_out(self):
        """True when the roll is at its end; setting it to False loads a new roll."""
        self._advance()
        return self._paper_out

    @paper_out.setter
    def paper_out(self, out):
        with self._lock:
            self._advance()
            if self._paper_out and not out:
                self.paper_left = None
                self._paper.finish(TORN)  # what came from the old roll is a piece of its own
            self._paper_out = bool(out)
            self._advance()

    @property
    def cover_open(self):
        return self._cover_open

    @cover_open.setter
    def cover_open(self, is_open):
        with self._lock:
            self._advance()
            self._cover_open = bool(is_open)
            self._advance()

    @property
    def online(self):
        return not (self._paper_out or self._cover_open)

    @property
    def printing(self):
        """Whether the mechanism is moving, or has something left to do."""
        self._advance()
        return self.online and (bool(self._wire or self._buffer) or self._busy_until_ms > self._now())

    # What went wrong

    @property
    def waiting_bytes(self):
        """Bytes in the receive buffer."""
        self._advance()
        return len(self._buffer)

    @property
    def overruns(self):
        """Bytes lost because the receive buffer was full."""
        self._advance()
        return self._overruns

    @property
    def unknown(self):
        """The first commands that the printer does not know, as bytes."""
        self._advance()
        return self._complaints.unknown

    @property
    def unsupported(self):
        """Names of commands that a printer knows but that leave no trace on this paper."""
        self._advance()
        return self._complaints.unsupported

    @property
    def cuts_through_print(self):
        """Cuts without feeding first: what was printed last was still below the knife."""
        self._advance()
        return self._complaints.cuts_through_print

    # The wire

    def receive(self, data):
        """Bytes from the host."""
        with self._lock:
            now = self._now()
            for byte in data:
                self._wire_free_ms = max(self._wire_free_ms, now) + self._byte_ms
                self._wire.append((self._wire_free_ms, byte))
            self._advance()

    def transmit(self):
        """The bytes for the host since the last call."""
        with self._lock:
            self._advance()
            data = bytes(self._out)
            self._out.clear()
            return data

    def answer(self, data):
        """Sends bytes to the host."""
        if len(self._out) + len(data) <= TRANSMIT_LIMIT:
            self._out += data

    # Time

    def _now(self):
        return self._clock_ms() if self._clock_ms else 0.0

    def _advance(self):
        """Lets happen whatever has happened until now: bytes arrive, commands are carried out."""
        with self._lock:
            now = self._now()
            while self._next_event_ms() <= now:
                self._time_ms = max(self._time_ms, self._next_event_ms())
                if self._next_command_ms() <= self._next_arrival_ms():
                    self._commands.take(self._buffer.popleft())
                else:
                    self._arrived(self._wire.popleft()[1])
            self._time_ms = max(self._time_ms, now)

    def _next_arrival_ms(self):
        return self._wire[0][0] if self._wire else math.inf

    def _next_command_ms(self):
        return max(self._busy_until_ms, self._time_ms) if self._buffer and self.online else math.inf

    def _next_event_ms(self):
        return min(self._next_arrival_ms(), self._next_command_ms())

    def moved(self, dots):
        """The mechanism has moved the paper: takes time, and the roll gets shorter."""
        self._busy_until_ms = max(self._busy_until_ms, self._time_ms) + dots * self._dot_ms
        if self.paper_left is not None:
            self.paper_left -= dots
            if self.paper_left <= 0:
                self._paper_out = True

    # Arriving bytes

    def _arrived(self, byte):
        self._recent.append(byte)
        del self._recent[: -len(CLEAR_BUFFERS)]
        lost = len(self._buffer) >= self.buffer_bytes
        if lost:
            self._overruns += 1
            self._lost_recently += 1
        else:
            self._buffer.append(byte)
            self._lost_recently = 0
        if self._recent.endswith(CLEAR_BUFFERS):
            self._clear_buffers()
            self.answer(CLEARED)
        elif len(self._recent) >= 3 and self._recent[-3] == DLE and self._real_time(self._recent[-2], byte):
            self._forget_real_time_command()

    def _real_time(self, command, n):
        """Carries out a command at the moment it arrives, even off-line; False when it is none."""
        if command == EOT and 1 <= n <= 4:
            self.answer(bytes((self.status(n),)))
            return True
        if command == ENQ and n in (1, 2):
            # Recovery is only there to be had while something is wrong.
            if n == 2 and not self.online:
                self._clear_buffers()
            return True
        return False

    def _forget_real_time_command(self):
        """Off-line nothing takes bytes out of the buffer, so these are not kept: a host may ask for hours."""
        self._recent.clear()
        lost = min(self._lost_recently, 3)
        self._overruns -= lost
        self._lost_recently = 0
        if not self.online:
            for _ in range(min(3 - lost, len(self._buffer))):
                self._buffer.pop()

    def _clear_buffers(self):
        """Receive buffer and print buffer are emptied, a command begun is forgotten; settings stay."""
        self._buffer.clear()
        self._recent.clear()
        self._lost_recently = 0
        self._commands.cancel()

    def status(self, n):
        """The answer to DLE EOT n: 1 printer, 2 cause of being off-line, 3 error, 4 paper sensor."""
        if n == 1:
            return STATUS | (0 if self.online else OFF_LINE)
        if n == 2:
            return STATUS | (COVER_OPEN if self._cover_open else 0) | (PAPER_STOP if self._paper_out else 0)
        if n == 4:
            return STATUS | (PAPER_END if self._paper_out else 0)
        return STATUS
