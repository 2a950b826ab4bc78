"""Parts that are lent to flows: the same one until it is let go, and what must outlive it does."""

import dual
from pos.domain.operators import FAILURES_FREE, WAIT_FIRST_MS
from pos.parts import Parts

BOARD = {"baudrate": 19200, "columns": 32}


class Uart:
    """A line with nobody at its other end."""

    def any(self):
        return 0

    def write(self, data):
        return len(data)


def parts():
    return Parts((Uart(), BOARD), (Uart(), BOARD), None, dual.tmpdir() + "/operators.json", dual.clock)


def test_a_part_is_the_same_until_it_is_let_go():
    lent = parts()
    for make in (lent.printer, lent.reader, lent.staff):
        first = make()
        assert make() is first
        lent.let_go()
        assert make() is not first
    assert lent.printer().columns == BOARD["columns"]


def test_a_slip_that_was_begun_is_remembered():
    lent = parts()
    assert not lent.printer().begun
    lent.printer().begun = True
    lent.let_go()
    assert lent.printer().begun
    lent.printer().begun = False
    lent.let_go()
    lent.let_go()
    assert not lent.printer().begun


def test_whoever_waits_after_wrong_pins_goes_on_waiting():
    lent = parts()
    lent.staff().set_first_pin("01", "2468")

    async def scenario():
        import asyncio

        for _ in range(FAILURES_FREE + 1):
            assert lent.staff().check("01", "1357")["result"] == "wrong"
            lent.let_go()
        for _ in range(WAIT_FIRST_MS // 10_000):
            assert lent.staff().check("01", "2468")["result"] == "locked"
            lent.let_go()
            await asyncio.sleep_ms(10_000)
        assert lent.staff().check("01", "2468")["result"] == "first"

    dual.run(scenario())


def test_an_absent_reader_is_told():
    async def scenario():
        assert not await parts().reader().check()

    dual.run(scenario())
