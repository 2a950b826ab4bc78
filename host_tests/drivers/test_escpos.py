"""What the printer driver sends, against the ESC/POS reference, on a small printer of its own."""

import asyncio

import dual
from drivers import fake_bus
from pos.drivers import escpos

# DLE ENQ 2, DLE DC4 8 1 3 20 1 6 2 8
CANCEL = b"\x10\x05\x02\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
READY = {1: 0x12, 2: 0x12, 4: 0x12}


class Printer:
    """Answers DLE EOT at once and GS r in its turn; `stopped` answers only DLE EOT."""

    def __init__(self):
        self.status = dict(READY)
        self.stopped = False
        self.dead = False
        self.printed = b""
        self.held = b""
        self.most_held = 0
        self.clears = False  # knows how to empty its buffers
        self.realtime = b""
        self.uart = fake_bus.Uart(self.receive)
        self.driver = escpos.EscPos(self.uart, 19200, 32, dual.clock)

    def receive(self, data):
        if self.dead:
            return b""
        if data[:2] == b"\x10\x04":
            return bytes((self.status[data[2]],))
        if data[:1] == b"\x10":
            self.realtime += data
            if self.clears:
                self.held = b""
            return b"\x37\x25\x00" if self.clears else b""
        self.held += data
        self.most_held = max(self.most_held, len(self.held))
        return self.go_on()

    def go_on(self):
        answer = b""
        if not self.stopped:
            answer = b"\x00" * self.held.count(b"\x1dr\x01")
            self.printed += self.held.replace(b"\x1dr\x01", b"")
            self.held = b""
        return answer

    def no_paper(self):
        self.stopped = True
        self.status = {1: 0x1A, 2: 0x32, 4: 0x72}

    def mend(self):
        self.stopped = False
        self.status = dict(READY)
        self.uart.waiting += self.go_on()


def fault(coroutine):
    """Awaits the coroutine on the virtual clock; returns the flags of its PrinterFault."""

    async def main():
        try:
            await coroutine
        except escpos.PrinterFault as error:
            return error.flags
        return None

    return dual.run(main())


def test_status_bits():
    cases = (
        ((0x12, 0x12, 0x12), escpos.OK),
        ((0x12, 0x12, 0x1E), escpos.OK),  # near end only
        ((0x1A, 0x32, 0x72), escpos.NO_PAPER),
        ((0x1A, 0x16, 0x12), escpos.COVER_OPEN),
        ((0x1A, 0x36, 0x72), escpos.COVER_OPEN | escpos.NO_PAPER),
        ((0x1A, 0x52, 0x12), escpos.ERROR),
        ((0x1A, 0x12, 0x12), escpos.OFFLINE),
    )
    for answers, flags in cases:
        printer = Printer()
        printer.status = {1: answers[0], 2: answers[1], 4: answers[2]}
        assert dual.run(printer.driver.status()) == flags, answers
    printer = Printer()
    printer.dead = True
    assert dual.run(printer.driver.status()) == escpos.OFFLINE
    assert printer.uart.written == b"\x10\x04\x01" * 2


def test_a_lost_status_answer_is_asked_again():
    printer = Printer()
    answers = [b"", b"\x12", b"\x11\x12", b"\x12"]  # the first is lost, XON comes before the third
    printer.uart.answer = lambda data: answers.pop(0)
    assert dual.run(printer.driver.status()) == escpos.OK
    assert printer.uart.written == b"\x10\x04\x01\x10\x04\x01\x10\x04\x02\x10\x04\x04"


def test_a_slip_byte_by_byte():
    printer = Printer()

    async def main():
        driver = printer.driver
        await driver.begin()
        await driver.line(b"SHOP", escpos.CENTER | escpos.DOUBLE)
        await driver.line(b"\xd6\xd0", escpos.CENTER | escpos.BOLD)
        await driver.line(b"12.34", escpos.RIGHT)
        await driver.line(b"plain")
        await driver.line(b"plain too")
        await driver.feed(4)
        await driver.cut()
        await driver.finish()

    dual.run(main())
    assert printer.printed == (
        b"\x1b@\x1c&"  # ESC @, FS &
        b"\x1ba\x01\x1d!\x11SHOP\n"  # ESC a 1, GS ! 0x11
        b"\x1bE\x01\x1d!\x00\xd6\xd0\n"  # ESC E 1, GS ! 0
        b"\x1ba\x02\x1bE\x0012.34\n"
        b"\x1ba\x00plain\n"
        b"plain too\n"
        b"\x1bd\x04"  # ESC d 4
        b"\x1dVB\x00"  # GS V 66 0
    )
    assert printer.uart.written[-12:] == b"\x1dr\x01\x10\x04\x01\x10\x04\x02\x10\x04\x04"


def test_qr_byte_by_byte():
    printer = Printer()

    async def main():
        await printer.driver.qr(b"https://x/1")

    dual.run(main())
    assert printer.printed == (
        b"\x1ba\x01"
        b"\x1d(k\x04\x00\x31\x41\x32\x00"  # function 165: model 2
        b"\x1d(k\x03\x00\x31\x43\x05"  # function 167: module of 5 dots
        b"\x1d(k\x03\x00\x31\x45\x31"  # function 169: level M
        b"\x1d(k\x0e\x00\x31\x50\x30https://x/1"  # function 180: store, 11 + 3 bytes
        b"\x1d(k\x03\x00\x31\x51\x30"  # function 181: print
    )


def test_qr_that_is_too_long():
    printer = Printer()

    async def main():
        try:
            await printer.driver.qr(b"x" * 181)
        except ValueError:
            return True

    assert dual.run(main())


def test_writing_is_paced_by_the_line_and_by_proofs():
    printer = Printer()

    async def main():
        start_ms = dual.clock.ticks_ms()
        await printer.driver.begin()
        for _ in range(40):
            await printer.driver.line(b"x" * 32)
        await printer.driver.finish()
        return dual.clock.elapsed_ms(start_ms)

    elapsed_ms = dual.run(main())
    # 1320 bytes of 10 bits at 19200 baud are 688 ms.
    assert 688 <= elapsed_ms <= 1100, elapsed_ms
    assert printer.uart.longest <= 33
    assert printer.printed.count(b"\n") == 40
    assert printer.uart.written.count(b"\x1dr\x01") == 6


def test_no_paper_in_the_middle():
    printer = Printer()

    async def main():
        await printer.driver.begin()
        await printer.driver.line(b"first")
        printer.no_paper()
        for _ in range(40):
            await printer.driver.line(b"x" * 32)

    assert fault(main()) == escpos.NO_PAPER
    # It stops by itself: no more than this is in the printer's buffer.
    assert printer.most_held <= 256 + 3

    async def again():
        await printer.driver.begin()
        await printer.driver.line(b"again")
        await printer.driver.finish()

    assert fault(again()) == escpos.NO_PAPER
    printer.mend()
    assert fault(again()) is None
    assert printer.realtime == CANCEL * 2  # when it failed, and before it began again
    assert printer.printed.endswith(b"x" * 32 + b"\n\x1b@\x1c&again\n")
    assert fault(again()) is None
    assert printer.realtime == CANCEL * 2


def test_a_printer_that_can_cancel_prints_no_rest():
    printer = Printer()
    printer.clears = True

    async def broken():
        await printer.driver.begin()
        await printer.driver.line(b"first")
        printer.no_paper()
        await printer.driver.line(b"never")
        await printer.driver.finish()

    assert fault(broken()) == escpos.NO_PAPER
    printer.mend()

    async def again():
        await printer.driver.begin()
        await printer.driver.line(b"again")
        await printer.driver.finish()

    assert fault(again()) is None
    assert printer.printed == b"\x1b@\x1c&first\n\x1b@\x1c&again\n"


def test_a_cancelled_task_leaves_nothing_behind():
    """A flow may be left while it prints: the next slip begins on a clean printer."""
    printer = Printer()
    printer.clears = True

    async def main():
        await printer.driver.begin()
        printer.stopped = True
        task = asyncio.create_task(printer.driver.qr(b"x" * 100))
        await asyncio.sleep_ms(40)
        task.cancel()
        printer.stopped = False
        await printer.driver.begin()
        await printer.driver.line(b"new")
        await printer.driver.finish()

    assert fault(main()) is None
    assert printer.printed.endswith(b"\x1b@\x1c&new\n")


def test_an_old_proof_proves_nothing_new():
    """The question of the broken slip is answered when paper is loaded; the new slip must not take that for its own."""
    printer = Printer()

    async def broken():
        await printer.driver.begin()
        printer.no_paper()
        await printer.driver.line(b"old")
        await printer.driver.finish()

    assert fault(broken()) == escpos.NO_PAPER

    async def again():
        printer.status = dict(READY)  # ready, but it takes a second to get to work
        task = asyncio.create_task(printer.driver.begin())
        await asyncio.sleep_ms(1000)
        printer.mend()
        await task
        await printer.driver.line(b"new")
        printer.no_paper()
        await printer.driver.finish()

    assert fault(again()) == escpos.NO_PAPER


def test_two_proofs_one_after_the_other():
    """As above, but the late answer to the old question and that to begin()'s own come 100 ms apart."""
    printer = Printer()

    async def broken():
        await printer.driver.begin()
        printer.no_paper()
        await printer.driver.line(b"old")
        await printer.driver.finish()

    assert fault(broken()) == escpos.NO_PAPER

    async def answers():
        for wait_ms in (300, 100):
            await asyncio.sleep_ms(wait_ms)
            printer.uart.waiting += b"\x00"

    async def again():
        printer.status = dict(READY)
        late = asyncio.create_task(answers())
        await printer.driver.begin()
        await printer.driver.line(b"new")
        await printer.driver.finish()
        late.cancel()

    assert fault(again()) == escpos.OFFLINE  # it says that it is ready, and never comes to the end
    assert printer.printed.count(b"new") == 0


def test_noise_is_no_proof():
    printer = Printer()

    async def main():
        await printer.driver.begin()
        await printer.driver.line(b"lost")
        printer.stopped = True
        task = asyncio.create_task(printer.driver.finish())
        for byte in b"\x11\x13\x92\xff\x1b\x80":  # XON, XOFF, spoiled bytes
            await asyncio.sleep_ms(50)
            printer.uart.waiting += bytes((byte,))
        await task

    assert fault(main()) == escpos.OFFLINE


def test_cover_opened_before_the_last_line_is_out():
    printer = Printer()

    async def main():
        await printer.driver.begin()
        await printer.driver.line(b"first")
        printer.stopped = True
        printer.status = {1: 0x1A, 2: 0x16, 4: 0x12}
        await printer.driver.finish()

    assert fault(main()) == escpos.COVER_OPEN


def test_unplugged():
    printer = Printer()

    async def main():
        await printer.driver.begin()
        await printer.driver.line(b"first")
        printer.dead = True
        await printer.driver.finish()

    assert fault(main()) == escpos.OFFLINE


def test_a_printer_that_never_proves():
    """Says that it is ready and prints nothing: given up after a named time."""
    printer = Printer()

    async def main():
        await printer.driver.begin()
        printer.stopped = True
        await printer.driver.line(b"first")
        start_ms = dual.clock.ticks_ms()
        try:
            await printer.driver.finish()
        except escpos.PrinterFault as error:
            return error.flags, dual.clock.elapsed_ms(start_ms)

    flags, elapsed_ms = dual.run(main())
    assert flags == escpos.OFFLINE and 5000 <= elapsed_ms <= 6000


def test_a_slow_printer_is_waited_for():
    printer = Printer()

    async def main():
        await printer.driver.begin()
        printer.stopped = True
        await printer.driver.line(b"slow")
        task = asyncio.create_task(printer.driver.finish())
        await asyncio.sleep_ms(3000)
        printer.mend()
        await task

    assert fault(main()) is None
    assert printer.printed.endswith(b"slow\n")
