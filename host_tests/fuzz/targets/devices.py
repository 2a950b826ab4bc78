"""What the printer, the scanner and the card reader say on their lines, to the drivers that run unmodified.

An input is pieces, each with two bytes of length: what the line holds after one command after the other.
"""

import asyncio

import dual
from drivers import fake_bus

from fuzz import mutators
from fuzz.property import need

PIECES_MAX = 64
ACK = b"\x00\x00\xff\x00\xff\x00"
CODE = b"9162345678901237\r"
SCANNER_DONE = b"\x02\x00\x00\x01\x00\x33\x31"


class Line(fake_bus.Uart):
    """Gives the next piece after each command; what waits is bounded as a real buffer is."""

    def __init__(self, pieces):
        super().__init__(self._next)
        self.pieces = list(pieces[:PIECES_MAX])
        self.written = b""

    def write(self, data):
        self.written = b""  # nobody reads it, and a run may be long
        super().write(data)

    def _next(self, _data):
        return self.pieces.pop(0)[:512] if self.pieces else b""


class Printer:
    """The status parser and the proof of printing: a slip is proven, or a PrinterFault with known flags, in time.

    The input's first byte chooses what is done."""

    BYTES_MAX = 400
    PLAIN_SHARE = 0.5
    TOKENS = (b"\x12", b"\x1a", b"\x32", b"\x72", b"\x00", b"\x0c", b"\x00\x01\x12", b"\x11", b"\x13")
    SLIP_S_MAX = 400  # of virtual time

    def __init__(self):
        from pos.drivers import escpos

        self.escpos = escpos

    def run(self, data):
        dual.run(self._print(data[:1] or b"\0", mutators.frames(data[1:])))

    async def _print(self, what, pieces):
        clock = dual.Clock()
        driver = self.escpos.EscPos(Line(pieces), 19200, 32, clock, begun=bool(what[0] & 2))
        begin = asyncio.get_running_loop().time()
        try:
            if what[0] & 1:
                flags = await driver.status()
                need(0 <= flags <= 15, "a status is flags that are known")
                return
            await driver.begin()
            for _ in range(1 + what[0] % 16):
                await driver.line(b"AMOUNT 12.34", 5)
            if what[0] & 4:
                await driver.qr(b"https://example/1")
            await driver.feed(2)
            await driver.cut()
            await driver.finish()
            need(not driver.begun, "a slip that is proven is finished")
        except self.escpos.PrinterFault as fault:
            need(0 < fault.flags <= 15, "a fault has a cause that is known")
        finally:
            need(asyncio.get_running_loop().time() - begin < self.SLIP_S_MAX, "a printer is not waited for for ever")

    def mutate(self, data, size_max, chance):
        head, rest = data[:1] or b"\0", data[1:]
        if chance.random() < 0.2:
            head = bytes((chance.randrange(256),))
        return head + mutators.row(rest, size_max - 1, chance, mutators.plain, PIECES_MAX)

    def seeds(self):
        ready = [b"\x12"] * 3
        slip = [*ready, b"", b"", b"", b"", b"\0", *ready]
        yield "status", b"\1" + mutators.together(ready)
        yield "slip", b"\0" + mutators.together(slip)
        yield "again", b"\2" + mutators.together([*ready, b"\x37\x25\0", b"\0", *slip])
        yield "paper-out", b"\1" + mutators.together([b"\x1a", b"\x32", b"\x72"])
        yield "cover", b"\1" + mutators.together([b"\x1a", b"\x16", b"\x12"])
        yield "in-the-middle", b"\0" + mutators.together([*slip[:6], b"\x1a", b"\x32", b"\x72"])


class Scanner:
    """What the scanner sends: only codes of printable characters come out, and each is ours, somebody's or refused."""

    BYTES_MAX = 600
    PLAIN_SHARE = 0.5
    TOKENS = (
        SCANNER_DONE,
        CODE,
        b"\r",
        b"\r\n",
        b"134567890123456789\r",
        b"2812345678901234\r",
        b"6212345678901234567\r",
    )
    LOOKS = 12

    def __init__(self):
        from pos.domain import account, qr_codes
        from pos.drivers import gm65

        self.gm65, self.qr_codes, self.account = gm65, qr_codes, account

    def run(self, data):
        codes = dual.run(self._scan(mutators.frames(data)))
        for code in codes:
            need(0 < len(code) <= 64 and all(" " <= letter <= "~" for letter in code), "a code is printable text")
            refusal = self.qr_codes.refusal(code)
            need(refusal in (None, "wechat", "alipay", "unionpay", "wrong", "unknown"), "a code is ours or refused")
            if refusal is None:
                need(code.isdigit() and len(code) == 16 and code[:2] == "91", "our codes are digits that we make")
                need(self.account.luhn_ok(code), "a misread code is noticed")

    async def _scan(self, pieces):
        codes = []
        line = Line([SCANNER_DONE] * 3)
        driver = self.gm65.Gm65(line, codes.append, dual.Clock())
        driver.enabled = True
        task = asyncio.create_task(driver.run())
        await asyncio.sleep_ms(100)
        for piece in pieces[: self.LOOKS]:
            if len(line.waiting) < 512:
                line.waiting += piece[:300]
            await asyncio.sleep_ms(200)
            need(len(driver._received) <= 160, "what a scanner sends does not pile up")
            need(not task.done(), "the driver goes on")
        line.pieces = [SCANNER_DONE] * 8
        line.waiting = b""
        for _ in range(20):
            await asyncio.sleep_ms(500)
            if driver.present:
                break
        await asyncio.sleep_ms(200)
        before = len(codes)
        # Not the one that was read last: while that stays before the window it is the same scan.
        line.waiting += CODE if codes[-1:] != [CODE[:-1].decode()] else b"9162345678901245\r"
        await asyncio.sleep_ms(300)
        need(len(codes) > before, "after any noise a code is read")
        task.cancel()
        return codes

    def mutate(self, data, size_max, chance):
        return mutators.row(data, size_max, chance, mutators.plain, self.LOOKS)

    def seeds(self):
        yield "own", mutators.together([CODE])
        yield "wechat", mutators.together([b"134567890123456789\r"])
        yield "late-done", mutators.together([SCANNER_DONE + CODE, CODE])
        yield "cut", mutators.together([b"91623456", b"78901237\r"])
        yield "noise", mutators.together([b"\xff\x00\x80", CODE + b"\n"])


def answer(data):
    """A frame from the chip, put together here on its own."""
    body = b"\xd5" + data
    return b"\x00\x00\xff" + bytes((len(body), 256 - len(body))) + body + bytes((-sum(body) % 256, 0))


def pages(text):
    """Three reads of a card with this text record."""
    record = b"\xd1\x01" + bytes((len(text) + 3,)) + b"T\x02en" + text
    area = b"\xe1\x10\x12\x00" + b"\x01\x03\xa0\x0c\x34\x03" + bytes((len(record),)) + record + b"\xfe"
    area += bytes(80 - len(area))
    return [area[at : at + 16] for at in (0, 16, 32)]


class Nfc:
    """Frames of the PN532 and the memory of a card: a number of 12 to 19 digits comes out, or nothing.

    The input's first byte: 0 the bytes of the line as they are, 1 each piece is put into a right frame behind an
    acknowledgement, 2 the rest is a card's memory."""

    BYTES_MAX = 700
    PLAIN_SHARE = 0.5
    TOKENS = (
        ACK,
        b"\x00\x00\xff",
        b"\xd5\x4b\x01\x01\x00\x44\x00\x07",
        b"\xd5\x41\x00",
        b"\xd1\x01",
        b"T\x02en",
        b"\xfe",
    )
    DIGITS = frozenset("0123456789")

    def __init__(self):
        from pos.drivers import pn532

        self.pn532 = pn532

    def run(self, data):
        mode, rest = (data[0] % 3, data[1:]) if data else (0, b"")
        if mode == 2:
            self._memory(rest)
            return
        pieces = mutators.frames(rest)
        if mode == 1:
            pieces = [ACK + answer(piece[:250]) for piece in pieces]
        for number in dual.run(self._read(pieces)):
            need(12 <= len(number) <= 19 and set(number) <= self.DIGITS, "a card's number is 12 to 19 digits")

    async def _read(self, pieces):
        numbers = []
        start = [ACK + answer(b"\x15"), ACK + answer(b"\x33")]
        line = Line([b"", *start, *pieces])
        driver = self.pn532.Pn532(line, numbers.append, dual.Clock())
        driver.enabled = True
        task = asyncio.create_task(driver.run())
        for _ in range(8):
            await asyncio.sleep_ms(400)
            need(len(driver._received) <= 300 + 512, "what a reader sends does not pile up")
            need(not task.done(), "the driver goes on")
        task.cancel()
        return numbers

    def _memory(self, area):
        try:
            where = self.pn532.find_message(area)
            if where is not None:
                need(0 <= where[0] <= where[1], "a message has a beginning and an end")
                text = self.pn532.find_text(area[where[0] : where[1]])
                need(text in area, "a text is in the memory that it was read from")
        except self.pn532.CardError as error:
            need(str(error), "a CardError tells why")
        content, rest = self.pn532.unframe(area)
        need(len(rest) <= len(area) and (content is None or len(content) < 256), "what was taken off is gone")

    def mutate(self, data, size_max, chance):
        head, rest = data[:1] or b"\1", data[1:]
        if head[0] % 3 == 2:
            return head + mutators.plain(rest, size_max - 1, chance)
        return head + mutators.row(rest, size_max - 1, chance, mutators.plain, PIECES_MAX)

    def seeds(self):
        found = b"\x4b\x01\x01\x00\x44\x00\x07\x04\xa1\xb2\xc4\xd5\xe6\xf7"
        reads = [b"\x41\x00" + page for page in pages(b"6200000000000013")]
        yield "card", b"\1" + mutators.together([found, *reads, found])
        yield "nothing", b"\1" + mutators.together([b"\x4b\x00"] * 3)
        yield "gone", b"\1" + mutators.together([found, b"\x41\x01"])
        yield "raw", b"\0" + mutators.together([ACK + answer(found), *[ACK + answer(read) for read in reads]])
        yield "refused", b"\0" + mutators.together([ACK + b"\x00\x00\xff\x01\xff\x7f\x81\x00"])
        yield "memory", b"\2" + b"".join(pages(b"6200000000000013"))[4:]
