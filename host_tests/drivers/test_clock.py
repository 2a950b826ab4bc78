"""The clock driver on a small RTC."""

import asyncio
import time

import dual
from pos.drivers.clock import Clock


class Rtc:
    """As machine.RTC: (year, month, day, weekday, hours, minutes, seconds, subseconds)."""

    def __init__(self):
        self.held = (2000, 1, 1, 5, 0, 3, 12, 400)

    def datetime(self, new=None):
        if new is not None:
            self.held = new
        return self.held


def test_not_set_since_power_on():
    assert Clock(Rtc()).now() is None


def test_set_and_read():
    rtc = Rtc()
    clock = Clock(rtc)
    clock.set((2026, 3, 14, 15, 9, 26))
    assert rtc.held == (2026, 3, 14, 0, 15, 9, 26, 0)
    assert clock.now() == (2026, 3, 14, 15, 9, 26)


def test_milliseconds():
    clock = Clock(Rtc())
    start_ms = clock.ticks_ms()
    assert 0 <= clock.elapsed_ms(start_ms) < 1000


def test_half_a_time_is_refused():
    dual.raises(ValueError, Clock(Rtc()).set, (2026, 3))


def test_the_virtual_clock_of_tests_does_not_follow_the_real_one():
    """What is ready runs before virtual time goes on, however long the machine took meanwhile."""
    order = []

    async def note(word, after_ms):
        await asyncio.sleep_ms(after_ms)
        order.append(word)

    async def scenario():
        tasks = [asyncio.create_task(note("later", 10))]
        await asyncio.sleep_ms(0)
        begin = time.time_ns()
        while time.time_ns() - begin < 40_000_000:
            pass
        tasks.append(asyncio.create_task(note("ready", 0)))
        await asyncio.sleep_ms(20)

    dual.run(scenario())
    assert order == ["ready", "later"]
