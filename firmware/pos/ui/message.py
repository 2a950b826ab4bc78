"""Tells the operator something: until a key is pressed, or while something goes on."""

import asyncio

from pos.ui.inputs import KEY


async def show(ui, text, timeout_ms=None):
    """Shows at most four rows until any key or until `timeout_ms` (default: the idle time) has passed; both continue.
    Returns the key, "" after the time-out. A digit or MENU is also the first key of what comes next: swallowed, it
    would make 2.34 of an amount of 12.34."""
    ui.draw(text)
    key = await wait(ui, timeout_ms)
    if key.isdigit() or key == "MENU":
        ui.inputs.put_back(KEY, key)
    return key


async def wait(ui, timeout_ms=None):
    """Waits for any key with the screen as it is; returns the key, "" after the time-out."""
    limit_ms = ui.idle_ms if timeout_ms is None else timeout_ms
    start_ms = ui.clock.ticks_ms()
    while True:
        left_ms = limit_ms - ui.clock.elapsed_ms(start_ms)
        got = await ui.inputs.get(left_ms) if left_ms > 0 else None
        if got is None:
            return ""
        if got[0] == KEY:
            return got[1]


async def busy_while(ui, text, work):
    """Shows `text` (at most three rows) with the seconds counting in the last row while the coroutine `work` runs;
    returns what it returns, lets through what it raises. Keys pressed meanwhile are forgotten: they were no answer to
    what comes next."""
    ui.draw(text)
    counter = asyncio.create_task(_count_seconds(ui))
    try:
        return await work
    finally:
        counter.cancel()
        ui.inputs.clear()


async def _count_seconds(ui):
    start_ms = ui.clock.ticks_ms()
    while True:
        await asyncio.sleep_ms(1000)
        ui.screen.put(ui.screen.rows - 1, "%d s" % (ui.clock.elapsed_ms(start_ms) // 1000), "right")
        ui.screen.flush()
