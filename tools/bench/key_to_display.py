"""Time from a key's contact to the changed display, without the debounce: scanning, waits of the driver, the bus."""

import asyncio

from tools.bench.desk import Desk
from tools.bench.row import Row, at_most
from tools.sim import virtual_time
from tools.sim.circuit import boards

DIGITS = "123456789"
LIMIT_MS = 20
PHASES_MS = range(10)  # where in the keypad's scan the contact closes
HELD_MS = 100


def rows():
    return [virtual_time.run(_row(board)) for board in boards()]


async def _row(board):
    from pos.drivers.keypad import _DEBOUNCE_MS

    desk = Desk(board)
    scanning = asyncio.create_task(desk.keypad.run())
    times_us = []
    for phase_ms in PHASES_MS:
        task = await desk.ask_amount()
        for digit in DIGITS:
            await asyncio.sleep_ms(HELD_MS + phase_ms)
            times_us.append(await _press(desk, digit) - _DEBOUNCE_MS * 1000)
        task.cancel()
    scanning.cancel()
    worst_ms = max(times_us) / 1000
    return Row(
        f"key to changed display, {desk.chip} ({board}): worst",
        round(worst_ms, 1),
        "ms",
        round(sum(times_us) / len(times_us) / 1000, 1),
        "mean",
        at_most(LIMIT_MS),
        0 < worst_ms <= LIMIT_MS,
        f"{len(times_us)} presses in every phase of the scan, {_DEBOUNCE_MS} ms of debounce taken off",
    )


async def _press(desk, key):
    """Presses and lets go; microseconds from the contact to the end of what it made the display's bus carry."""
    desk.circuit.clear_traffic()
    desk.screen.flushed_us = None
    start_us = desk.now_us()
    desk.circuit.keys.press(key)
    await asyncio.sleep_ms(HELD_MS)
    desk.circuit.keys.release(key)
    if desk.screen.flushed_us is None:
        raise AssertionError(f"{key} changed nothing on the display: {desk.circuit.display.text_rows()}")
    return desk.screen.flushed_us - start_us + desk.display_bus()[1]
