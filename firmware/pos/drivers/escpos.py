"""ESC/POS thermal printer on a serial line: paced writing, proof that it was printed, faults as PrinterFault.

A serial printer takes bytes into a buffer and may lose its paper before they are on it. So what has been sent
counts only once GS r 1 is answered: that command waits its turn in the buffer, behind all that is to be printed
before it, and a printer that is out of paper or open does not get to it. Never more than _UNPROVEN_MAX bytes are
under way; that also keeps the smallest buffers from overrunning, whatever the speed of the paper. DLE EOT is
answered at once, even off-line, and tells the cause.

Commands and status bits are those of the Epson ESC/POS reference; FS & and two-byte GB18030 text are as in the
manuals of printers with a Chinese font.
"""

import asyncio

from micropython import const

OK = 0
NO_PAPER = 1
COVER_OPEN = 2
OFFLINE = 4
ERROR = 8

CENTER = 1
BOLD = 2
DOUBLE = 4
RIGHT = 8

_CHUNK_BYTES = const(32)
_UNPROVEN_MAX = const(256)
_PROOF_MS = const(5000)  # 256 bytes are at most eight lines and a QR code, some 2 s of paper
_ASK_EVERY_MS = const(500)
_STATUS_MS = const(300)
_STATUS_TRIES = const(2)
_QUIET_MS = const(200)
_POLL_MS = const(5)
_QR_BYTES_MAX = const(180)
# Model 2; modules of five dots, so that 180 bytes (version 9, 53 modules) fit 384 dots; correction level M; store.
_QR_BEGIN = const(b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x05\x1d(k\x03\x001E1\x1d(k")
_QR_PRINT = const(b"\x1d(k\x03\x001Q0")
# DLE ENQ 2 and DLE DC4 8: both empty the buffers at once. Printers know one, the other, both or neither, some only in
# certain states; one that knows neither passes over these control characters.
_CANCEL = const(b"\x10\x05\x02\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")


class PrinterFault(Exception):
    """The slip is not proven to be on paper; `flags` says why (NO_PAPER, COVER_OPEN, OFFLINE, ERROR)."""

    def __init__(self, flags):
        super().__init__("printer fault %d" % flags)
        self.flags = flags


class EscPos:
    """Prints slips: begin, line / qr / feed, cut, finish. Any of them may raise PrinterFault; then the slip is
    lost and is to be printed again from begin() on. What the printer still holds of the old one is cancelled; where it
    cannot be, up to _UNPROVEN_MAX bytes of it come out first, so the caller feeds and marks.

    `begun` says that the last slip was not finished; a new object for the same printer is to be told."""

    Fault = PrinterFault

    def __init__(self, uart, baudrate, columns, clock, begun=False):
        self.columns = columns
        self.begun = begun
        self._uart = uart
        self._baudrate = baudrate
        self._clock = clock
        self._style = 0
        self._unproven = 0
        self._proven = False

    async def status(self) -> int:
        """Asks the printer: OK, or flags of what is wrong. OFFLINE stands alone: no answer, or no reason given."""
        answers = []
        for kind in b"\x01\x02\x04":
            answer = await self._realtime(kind)
            if answer is None:
                return OFFLINE
            answers.append(answer)
        offline, cause, paper = answers
        flags = OK
        if paper & 0x60 or cause & 0x20:
            flags |= NO_PAPER
        if cause & 0x04:
            flags |= COVER_OPEN
        if cause & 0x40:
            flags |= ERROR
        if not flags and offline & 0x08:
            flags = OFFLINE
        return flags

    async def begin(self):
        """Begins a slip on a printer that is ready."""
        await self._check()
        again = self.begun
        self.begun = True
        if again:
            await self._cancel()
        await self._send(b"\x1b@\x1c&")
        self._style = 0
        if again:
            await self._prove()
            # The answer may have been to the question before: what else comes belongs to the past, too.
            await self._quiet()

    async def line(self, data: bytes, style=0):
        """Prints a line of ASCII and GB18030; style is an or of CENTER, RIGHT, BOLD, DOUBLE."""
        await self._send(self._change_to(style) + data + b"\n")

    async def qr(self, data: bytes):
        """Prints a centred QR code (model 2, level M); ValueError above 180 bytes."""
        if len(data) > _QR_BYTES_MAX:
            raise ValueError("qr")
        size = len(data) + 3
        store = _QR_BEGIN + bytes((size, 0)) + b"1P0" + data
        await self._send(self._change_to(CENTER) + store + _QR_PRINT)

    async def feed(self, lines: int):
        await self._send(b"\x1bd" + bytes((lines,)))

    async def cut(self):
        """Feeds to the cutter and cuts; a printer without one ignores it."""
        await self._send(b"\x1dVB\x00")

    async def finish(self):
        """Returns when all of the slip is on paper."""
        await self._prove()
        await self._check()
        self.begun = False

    async def _check(self):
        flags = await self.status()
        if flags:
            raise PrinterFault(flags)

    def _change_to(self, style):
        """The commands that lead from the style in force to this one."""
        changed = style ^ self._style
        self._style = style
        out = b""
        if changed & (CENTER | RIGHT):
            out = b"\x1ba\x01" if style & CENTER else b"\x1ba\x02" if style & RIGHT else b"\x1ba\x00"
        if changed & BOLD:
            out += b"\x1bE\x01" if style & BOLD else b"\x1bE\x00"
        if changed & DOUBLE:
            out += b"\x1d!\x11" if style & DOUBLE else b"\x1d!\x00"
        return out

    async def _send(self, data):
        if self._unproven and self._unproven + len(data) > _UNPROVEN_MAX:
            await self._prove()
        self._unproven += len(data)
        await self._write(data)

    async def _write(self, data):
        """Writes as fast as the line carries it, so that the port's own buffer never blocks."""
        for start in range(0, len(data), _CHUNK_BYTES):
            piece = data[start : start + _CHUNK_BYTES]
            self._uart.write(piece)
            await asyncio.sleep_ms(len(piece) * 10_000 // self._baudrate + 1)

    async def _prove(self):
        """Waits until the printer has come to the end of all that was sent."""
        self._receive()
        self._proven = False
        await self._write(b"\x1dr\x01")
        start_ms = self._clock.ticks_ms()
        while not self._proven:
            if await self._await_answer(_ASK_EVERY_MS) is None and not self._proven:
                flags = await self.status()
                if not flags and self._clock.elapsed_ms(start_ms) > _PROOF_MS:
                    flags = OFFLINE
                if flags and not self._proven:
                    await self._cancel()
                    raise PrinterFault(flags)
        self._unproven = 0

    async def _cancel(self):
        """Now, and not when paper has been loaded: by then the printer has gone on with what it holds."""
        await self._write(_CANCEL)
        await self._quiet()

    async def _quiet(self):
        """Lets what the printer still answers to the past come, and forgets it."""
        await asyncio.sleep_ms(_QUIET_MS)
        self._receive()

    async def _realtime(self, kind):
        """The answer to DLE EOT, None if there is none."""
        for _ in range(_STATUS_TRIES):
            self._receive()
            self._uart.write(bytes((0x10, 0x04, kind)))
            answer = await self._await_answer(_STATUS_MS)
            if answer is not None:
                return answer
        return None

    async def _await_answer(self, timeout_ms):
        """The next answer to DLE EOT; None after the time-out, or as soon as GS r is answered."""
        start_ms = self._clock.ticks_ms()
        proven = self._proven
        while self._clock.elapsed_ms(start_ms) <= timeout_ms:
            answer = self._receive()
            if answer is not None or self._proven != proven:
                return answer
            await asyncio.sleep_ms(_POLL_MS)
        return None

    def _receive(self):
        """Reads all that has come; returns the last answer to DLE EOT in it. The fixed bits tell the two kinds apart:
        0xx1xx10 is DLE EOT, 0xx0xxxx is GS r; anything else (XON, noise) is passed over."""
        answer = None
        count = self._uart.any()
        for byte in (count and self._uart.read(count)) or b"":
            if byte & 0x93 == 0x12:
                answer = byte
            elif not byte & 0x90:
                self._proven = True
        return answer
