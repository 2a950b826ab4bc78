"""Reprint of the last slip (重打印, R61), marked DUPLICATE."""

from micropython import const

from pos.flows import slips
from pos.ui import menu

_COPIES = const(("customer", "merchant"))


async def run(terminal):
    ui = terminal.ui
    tx = terminal.journal.state["last"]
    if not tx:
        await terminal.tell("reprint_none")
        return
    title = ui.t("title_reprint")
    chosen = await menu.choose(ui, title, [ui.t("slip_{}_copy".format(copy)) for copy in _COPIES])
    ui.draw(title)
    if await slips.print_one(terminal, tx, _COPIES[chosen], duplicate=True):
        terminal.audit("reprinted", trace=tx["trace"])
        if terminal.journal.unprinted():
            slips.stage(terminal, tx, slips.DONE)  # put off before, and seen to now
