"""PN532 contactless reader on a serial line (HSU): reads the account number from an NTAG21x card.

Frames and commands are from the NXP PN532 user manual UM0701-02 (frames 6.2, commands 7), start-up from application
note AN10609; the card's memory from the NTAG213/215/216 data sheet and the NFC Forum's Type 2 Tag, NDEF and Text
record specifications.
"""

import asyncio

from micropython import const

_RESTART_MS = const(5000)
_POLL_MS = const(150)
_WAIT_MS = const(3)
_ACK_MS = const(100)
_ANSWER_MS = const(500)
_FAULTS_MAX = const(3)
_ANSWERS_MAX = const(3)  # a late answer to an earlier command is passed over
_MISSES_MAX = const(2)  # polls without an answer until a card counts as taken away
_RECEIVED_MAX = const(300)
_AREA_MAX = const(128)  # bytes of a card's memory that are looked at
_CARD_TRIES = const(b"\x02")

# Wakes a sleeping chip (it discards these) and gives its oscillator 2 ms before the frame that follows.
_WAKE = b"\x55\x55" + bytes(24)
_ACK = const(b"\x00\x00\xff\x00\xff\x00")
_SAM_NORMAL = const(b"\x14\x01\x14\x01")
_MAX_RETRIES = b"\x32\x05\xff\x01" + _CARD_TRIES
_LIST_ONE_TYPE_A = const(b"\x4a\x01\x00")
_READ = const(b"\x40\x01\x30")  # InDataExchange with card 1: READ, page


class ReaderError(Exception):
    """The reader did not answer as it should."""


class CardError(Exception):
    """The card went away, or holds no account number."""


def frame(data: bytes) -> bytes:
    """Wraps a command: preamble, start code, length and its complement, D4, data, checksum, postamble."""
    size = len(data) + 1
    total = 0xD4 + sum(data)
    return b"\x00\x00\xff" + bytes((size, -size & 0xFF, 0xD4)) + data + bytes((-total & 0xFF, 0))


def unframe(received: bytes):
    """Takes the first good frame out of what was received.

    Returns (content, rest): the bytes between length and checksum, b"" for an acknowledgement, None if there is
    no whole frame yet. What is no frame, or has a wrong checksum, is dropped.
    """
    while True:
        start = received.find(b"\x00\xff")
        if start < 0:
            return None, received[-1:]
        received = received[start:]
        if len(received) < 4:
            return None, received
        size = received[2]
        if size == 0 and received[3] == 0xFF:
            return b"", received[4:]
        if (size + received[3]) & 0xFF == 0 and size:
            if len(received) < size + 5:
                return None, received
            if sum(received[4 : size + 5]) & 0xFF == 0:
                return received[4 : size + 4], received[size + 5 :]
        received = received[2:]


def find_message(area: bytes):
    """Where the NDEF message lies in a card's data area: (start, end), end perhaps beyond what is there yet; None
    if more of the area must be read to know. CardError if there is none."""
    at = 0
    while at < len(area):
        tag = area[at]
        if tag == 0:
            at += 1
            continue
        if tag == 0xFE:
            raise CardError("no message")
        head = area[at + 1 : at + 4]
        if not head or (head[0] == 0xFF and len(head) < 3):
            return None
        start = at + 2
        size = head[0]
        if size == 0xFF:
            size = head[1] << 8 | head[2]
            start = at + 4
        at = start + size
        if tag == 3:
            return start, at
    return None


def find_text(message: bytes) -> bytes:
    """The text of the first text record of an NDEF message. CardError if there is none."""
    at = 0
    while at + 3 < len(message):
        flags = message[at]
        type_size = message[at + 1]
        if flags & 0x10:
            size = message[at + 2]
            at += 3
        else:
            size = int.from_bytes(message[at + 2 : at + 6], "big")
            at += 6
        name_size = 0
        if flags & 0x08:
            name_size = message[at] if at < len(message) else 0
            at += 1
        kind = message[at : at + type_size]
        at += type_size + name_size
        text = message[at : at + size]
        if flags & 7 == 1 and kind == b"T" and size and len(text) == size and not text[0] & 0x80:
            return text[1 + (text[0] & 0x3F) :]
        at += size
    raise CardError("no text")


class Pn532:
    """Polls for a card while `enabled` is true; calls `emit(number)` once each time a card is held to the reader.

    `present` tells whether the reader itself answers. One that does not is asked again every few seconds, and
    disturbs nobody. A card that cannot be read is tried again until it can or is taken away.
    """

    def __init__(self, uart, emit, clock):
        self.enabled = False
        self.present = False
        self._uart = uart
        self._emit = emit
        self._clock = clock
        self._received = b""
        self._card = None
        self._misses = 0

    async def run(self):
        """Runs until it is cancelled."""
        faults = 0
        try:
            while True:
                try:
                    if not self.present:
                        await self._start()
                        self.present = True
                    if self.enabled:
                        await self._poll()
                    else:
                        self._card = None
                    faults = 0
                except ReaderError:
                    faults += 1
                    self._call_off()
                if faults >= _FAULTS_MAX:
                    self.present = False
                await asyncio.sleep_ms(_POLL_MS if self.present else _RESTART_MS)
        finally:
            self._call_off()

    def _call_off(self):
        """Ends what the reader may still be doing, so that a late answer does not meet the next command."""
        self._uart.write(_ACK)

    async def check(self):
        """Whether the reader answers; for when it does not run."""
        try:
            await self._start()
        except ReaderError:
            return False
        return True

    async def _start(self):
        self._uart.write(_WAKE)
        await self._command(_SAM_NORMAL)
        await self._command(_MAX_RETRIES)

    async def _poll(self):
        card = await self._find()
        if card is None:
            self._misses += 1
            if self._misses >= _MISSES_MAX:
                self._card = None
            return
        self._misses = 0
        if card == self._card:
            return
        try:
            number = await self._number()
        except CardError:
            return  # perhaps next time
        if self.enabled:
            self._card = card
            self._emit(number)

    async def _find(self):
        """The identifier of a Type 2 card in the field, or None."""
        answer = await self._command(_LIST_ONE_TYPE_A)
        # Count, card number, two bytes SENS_RES, SEL_RES (0 = no more than READ and WRITE), length, identifier.
        if len(answer) < 7 or answer[0] != 1 or answer[4] != 0:
            return None
        return answer[6 : 6 + answer[5]]

    async def _number(self):
        head = await self._read(3)
        if head[0] != 0xE1:
            raise CardError("not NDEF")
        area = head[4:]
        size = min(head[2] * 8, _AREA_MAX)
        where = find_message(area)
        while where is None or where[1] > len(area):
            if len(area) >= size:
                raise CardError("no message")
            area += await self._read(4 + len(area) // 4)
            where = find_message(area)
        text = find_text(area[where[0] : where[1]])
        if not (12 <= len(text) <= 19 and text.isdigit()):
            raise CardError("no number")
        return text.decode()

    async def _read(self, page):
        """Four pages of four bytes."""
        answer = await self._command(_READ + bytes((page,)))
        if len(answer) != 17 or answer[0] & 0x3F:
            raise CardError("card")
        return answer[1:]

    async def _command(self, data):
        """Sends a command; returns what follows the response code."""
        self._take_in()
        self._received = b""
        self._uart.write(frame(data))
        if await self._frame(_ACK_MS):
            raise ReaderError("no ACK")
        for _ in range(_ANSWERS_MAX):
            answer = await self._frame(_ANSWER_MS)
            if answer[:1] == b"\x7f":
                raise ReaderError("refused")
            if len(answer) >= 2 and answer[0] == 0xD5 and answer[1] == data[0] + 1:
                return answer[2:]
        raise ReaderError("other answers")

    async def _frame(self, timeout_ms):
        start_ms = self._clock.ticks_ms()
        while True:
            self._take_in()
            content, self._received = unframe(self._received)
            if content is not None:
                return content
            if self._clock.elapsed_ms(start_ms) > timeout_ms:
                raise ReaderError("no answer")
            await asyncio.sleep_ms(_WAIT_MS)

    def _take_in(self):
        count = self._uart.any()
        if count:
            self._received = (self._received + (self._uart.read(count) or b""))[-_RECEIVED_MAX:]
