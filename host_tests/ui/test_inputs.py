"""The bounded queue of keys and cards."""

import asyncio

import dual
from pos.ui import inputs
from pos.ui.inputs import CARD, HOLD, KEY, REPEAT, Inputs


def get_all(queue, count, timeout_ms=50):
    """The next `count` of the queue; None for each that does not come in time."""

    async def get():
        got = []
        for _ in range(count):
            got.append(await queue.get(timeout_ms))
        return got

    return dual.run(get())


def test_inputs_come_out_in_order():
    queue = Inputs()
    queue.put(KEY, "1")
    queue.on_key("2", 0)
    queue.on_key("UP", 1)
    queue.on_key("CLEAR", 2)
    queue.on_card("6200000000000013")
    expected = [(KEY, "1"), (KEY, "2"), (REPEAT, "UP"), (HOLD, "CLEAR"), (CARD, "6200000000000013")]
    assert get_all(queue, 5) == expected


def test_a_full_queue_drops_the_newest_and_counts_it():
    queue = Inputs()
    for number in range(inputs.LIMIT + 3):
        queue.put(KEY, str(number))
    assert queue.dropped == 3
    expected = [(KEY, str(number)) for number in range(inputs.LIMIT)]
    assert get_all(queue, inputs.LIMIT + 1) == expected + [None]


async def timed(coroutine):
    """(result, virtual milliseconds it took)"""
    start_ms = dual.clock.ticks_ms()
    result = await coroutine
    return result, dual.clock.elapsed_ms(start_ms)


def test_nothing_within_the_time_gives_none():
    got, took_ms = dual.run(timed(Inputs().get(5000)))
    assert got is None and 5000 <= took_ms < 5100


def test_what_comes_while_waiting_ends_the_waiting():
    queue = Inputs()

    async def later():
        await asyncio.sleep_ms(700)
        queue.put(KEY, "ENTER")

    async def both():
        task = asyncio.create_task(later())
        got = await queue.get(60000)
        await task
        return got

    got, took_ms = dual.run(timed(both()))
    assert got == (KEY, "ENTER") and took_ms < 1000


def test_clear_forgets_what_was_typed_ahead():
    queue = Inputs()
    queue.put(KEY, "ENTER")
    queue.clear()
    assert get_all(queue, 1) == [None]
