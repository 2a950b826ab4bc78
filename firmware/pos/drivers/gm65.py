"""GM65 barcode and QR module on a serial line: looks for a code while it is wanted, and takes it as text.

Commands, checksum (CRC-16, polynomial 1021, from 0) and zone bytes are from Hangzhou Grow, GM65 Bar Code Reader Module
User Manual V1.3, 8.2 to 8.5. The module is set to continuous reading while a code is wanted and to command mode while
none is, as the project specter-diy does (src/hosts/qr.py): modules have been met that acknowledge the trigger of the
command mode and read nothing. The trigger is sent as well, for those that wait for it.

Codes come without a checksum: what noise has turned into other printable text cannot be told here, so whoever takes a
code for money looks at its own check digit.
"""

import asyncio

from micropython import const

CODE_CHARACTERS_MAX = const(64)

_RESTART_MS = const(5000)
_LOOK_MS = const(20)
_ANSWER_MS = const(300)
_WAIT_MS = const(5)
_TRIES = const(3)  # per command
_WATCH_MS = const(3000)  # how often a module that looks for a code is told so again: it may have been without power
_SAME_MS = const(3000)  # a code that stays before the window is one scan; read anew, it is another
_GAP_MS = const(150)  # a code comes in one go: what stood there before it was noise
_RECEIVED_MAX = const(160)

_DONE = const(b"\x02\x00\x00\x01\x00\x33\x31")
# Lamp on success, aim and light while reading; its own sound off, as the terminal has one.
_CONTINUOUS = const(b"\x7e\x00\x08\x01\x00\x00\x96\x97\xe6")
_COMMANDED = const(b"\x7e\x00\x08\x01\x00\x00\x95\xa7\x85")
_TAIL_CR = const(b"\x7e\x00\x08\x01\x00\x60\x01\x6f\x92")
_TRIGGER = const(b"\x7e\x00\x08\x01\x00\x02\x01\x02\xda")
_STOP = const(b"\x7e\x00\x08\x01\x00\x02\x00\x12\xfb")


class Gm65:
    """Looks for a code while `enabled` is true; calls `emit(code)` once each time one is shown (1 to 64 printable ASCII
    characters; anything else is passed over, never guessed). `present` tells whether the module itself answers."""

    def __init__(self, uart, emit, clock):
        self.enabled = False
        self.present = False
        self._uart = uart
        self._emit = emit
        self._clock = clock
        self._received = b""
        self._received_ms = 0
        self._looking = False
        self._last = None  # the code seen last, and when
        self._last_ms = 0

    async def run(self):
        """Runs until it is cancelled; the light goes out then."""
        told_ms = 0
        try:
            while True:
                wanted = self.enabled
                due = self._looking and self._clock.elapsed_ms(told_ms) > _WATCH_MS
                if wanted != self._looking or due or not self.present:
                    self.present = await (self._begin() if wanted else self._end())
                    self._looking = wanted and self.present
                    told_ms = self._clock.ticks_ms()
                if self.present:
                    self._take_codes()
                await asyncio.sleep_ms(_LOOK_MS if self.present else _RESTART_MS)
        finally:
            self._uart.write(_COMMANDED)
            self._uart.write(_STOP)

    async def check(self):
        """Whether the module answers; for when it does not run."""
        return await self._end()

    async def _begin(self):
        """Each time it is told again it may read on, so this costs no code."""
        return await self._tell(_TAIL_CR) and await self._tell(_CONTINUOUS) and await self._tell(_TRIGGER)

    async def _end(self):
        return await self._tell(_COMMANDED) and await self._tell(_STOP)

    async def _tell(self, command):
        """Whether the module says that it is done. Codes that come meanwhile are kept."""
        for _ in range(_TRIES):
            self._take_in()
            # An acknowledgement that is there already was for an earlier command.
            self._received = self._received.replace(_DONE, b"")
            self._uart.write(command)
            start_ms = self._clock.ticks_ms()
            while self._clock.elapsed_ms(start_ms) <= _ANSWER_MS:
                await asyncio.sleep_ms(_WAIT_MS)
                self._take_in()
                if _DONE in self._received:
                    self._received = self._received.replace(_DONE, b"")
                    return True
        return False

    def _take_in(self):
        count = self._uart.any()
        if count:
            if self._clock.elapsed_ms(self._received_ms) > _GAP_MS:
                self._received = b""
            self._received_ms = self._clock.ticks_ms()
            self._received = (self._received + (self._uart.read(count) or b""))[-_RECEIVED_MAX:]

    def _take_codes(self):
        self._take_in()
        self._received = self._received.replace(_DONE, b"")  # one that came too late
        while True:
            end = self._received.find(b"\r")
            if end < 0:
                return
            text = self._received[:end].strip(b"\n")
            self._received = self._received[end + 1 :]
            if self.enabled and 0 < len(text) <= CODE_CHARACTERS_MAX and all(0x20 <= byte < 0x7F for byte in text):
                self._seen(text.decode())

    def _seen(self, code):
        again = code == self._last and self._clock.elapsed_ms(self._last_ms) < _SAME_MS
        self._last = code
        self._last_ms = self._clock.ticks_ms()
        if not again:
            self._emit(code)
