"""A slip on its way through the printer port."""

import dual
from pos.receipts import paper


class Fault(Exception):
    pass


class Printer:
    """The printer port, writing its calls down; the call number `fails_at` raises."""

    def __init__(self, fails_at=-1):
        self.calls = []
        self.fails_at = fails_at

    async def _call(self, *call):
        if len(self.calls) == self.fails_at:
            raise Fault()
        self.calls.append(call)

    async def begin(self):
        await self._call("begin")

    async def line(self, data, style):
        await self._call("line", data, style)

    async def feed(self, count):
        await self._call("feed", count)

    async def cut(self):
        await self._call("cut")

    async def finish(self):
        await self._call("finish")


SLIP = [(1, b"TITLE"), (0, b"row")]


def test_rows_are_printed_in_order_cut_and_proven():
    printer = Printer()
    dual.run(paper.print_slip(printer, SLIP))
    assert printer.calls == [
        ("begin",),
        ("line", b"TITLE", 1),
        ("line", b"row", 0),
        ("feed", 1),
        ("cut",),
        ("finish",),
    ]


def test_a_slip_begun_again_says_so_before_its_first_row():
    printer = Printer()
    dual.run(paper.print_slip(printer, SLIP, "--- 重新打印 ---"))
    assert printer.calls[:3] == [
        ("begin",),
        ("feed", 3),
        ("line", b"--- \xd6\xd8\xd0\xc2\xb4\xf2\xd3\xa1 ---", 1),
    ]
    assert printer.calls[3:5] == [("line", b"TITLE", 1), ("line", b"row", 0)]


def test_a_fault_at_any_step_comes_through():
    for step in range(6):
        dual.raises(Fault, dual.run, paper.print_slip(Printer(step), SLIP))
