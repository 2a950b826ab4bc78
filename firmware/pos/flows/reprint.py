"""Reprint (重打印, R61), marked DUPLICATE: the last slip, any by its voucher number, the settlement slip."""

from micropython import const

from pos.flows import slips
from pos.ui import digits, menu

_COPIES = const(("customer", "merchant"))
_WHICH = const(("last", "voucher", "settled"))


async def run(terminal, tx=None, following=None):
    """tx: the transaction (approved); without it the operator is asked which. Returns `following`, the next flow."""
    ui = terminal.ui
    title = ui.t("title_reprint")
    if tx is None:
        which = _WHICH[await menu.choose(ui, title, [ui.t("menu_re_" + name) for name in _WHICH])]
        if which == "settled":
            if await terminal.enter("settle_slip", False, True):
                terminal.audit("reprinted", trace="settlement")
            return None
        tx = await (_by_voucher(terminal) if which == "voucher" else _last(terminal))
    if not tx:
        return following
    chosen = await menu.choose(ui, title, [ui.t("slip_{}_copy".format(copy)) for copy in _COPIES])
    ui.draw(title)
    if await slips.print_one(terminal, tx, _COPIES[chosen], duplicate=True):
        terminal.audit("reprinted", trace=tx["trace"])
        last = terminal.journal.unprinted()
        if last and last["trace"] == tx["trace"]:
            slips.stage(terminal, tx, slips.DONE)  # put off before, and seen to now
    return following


async def _last(terminal):
    """None when nothing was approved yet, which was said."""
    tx = terminal.journal.state["last"]
    if not tx:
        await terminal.tell("reprint_none")
    elif tx["state"] == "declined":
        await terminal.tell("no_slip_of_it")  # sold without the host, which has refused it since
        return None
    return tx


async def _by_voucher(terminal):
    """The approved transaction with the number that is keyed, None when there is none, which was said."""
    from pos.journal import history

    ui = terminal.ui
    ui.screen.clear()
    _, typed = await digits.enter(ui, ui.t("title_reprint"), ui.t("prompt_voucher"), 6, 1)
    tx = history.find(terminal.journal, int(typed))
    if not tx:
        await terminal.tell("records_not_found", trace="{:06d}".format(int(typed)))
    elif tx["state"] not in ("approved", "waiting"):
        await terminal.tell("no_slip_of_it")
        return None
    return tx
