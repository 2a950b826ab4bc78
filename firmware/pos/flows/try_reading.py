"""Reader and scanner test: one card, then one code; shows what was read. CANCEL goes on to the next and ends."""

import asyncio

from pos import loading
from pos.domain import account
from pos.ui import message
from pos.ui.inputs import CARD, KEY, SCAN
from pos.ui.screen import middle_cut


async def run(terminal):
    for name, kind in (("reader", CARD), ("scanner", SCAN)):
        with loading.Scope():
            try:
                await _try(terminal, name, kind)
            finally:
                terminal.parts.let_go()


async def _try(terminal, name, kind):
    ui = terminal.ui
    part = getattr(terminal.parts, name)()
    if part is None or not await part.check():
        await terminal.tell("test_no_" + name)
        return
    ui.inputs.clear()
    part.enabled = True
    reading = asyncio.create_task(part.run())
    ui.draw(ui.t("test_" + name))
    try:
        got = await _next(ui, kind)
    finally:
        part.enabled = False
        reading.cancel()
    if got:
        shown = account.mask(got) if kind == CARD else got
        await message.show(ui, ui.t("test_read", read=middle_cut(shown, ui.screen.cols)))


async def _next(ui, wanted):
    """What was read; "" after CANCEL."""
    while True:
        kind, value = await ui.next()
        if kind == wanted:
            return value
        if kind == KEY and value == "CANCEL":
            return ""
