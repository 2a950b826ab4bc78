"""Finding transactions (查询): by voucher number, order number, kind, time or amount."""

from pos.flows import filters
from pos.ui import digits, menu

_WAYS = ("voucher", "order", "kind", "when", "sum")


async def run(terminal):
    """Returns the one with that number, or the list of those that match, as the next flow."""
    ui = terminal.ui
    title = ui.t("title_find")
    way = _WAYS[await menu.choose(ui, title, [ui.t("menu_by_" + name) for name in _WAYS])]
    wanted = {}
    if way == "voucher":
        return ("details", int(await _digits(ui, title, "prompt_voucher", 6)))
    if way == "order":
        wanted["order"] = await _digits(ui, title, "prompt_order", 20)
    elif way == "kind":
        await filters.kind(terminal, wanted)
    elif way == "when":
        await filters.time(terminal, wanted)
    else:
        await filters.sums(terminal, wanted)
    return ("records", wanted)


async def _digits(ui, title, prompt, most):
    ui.screen.clear()
    _, typed = await digits.enter(ui, title, ui.t(prompt), most, 1)
    return typed
