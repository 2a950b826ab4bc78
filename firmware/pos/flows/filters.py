"""Asking which records are meant: by kind, by time, by amount (R37, R38)."""

from pos.domain import filters
from pos.ui import amount, digits, menu


async def kind(terminal, wanted):
    """Card, NFC, QR code or all."""
    ui = terminal.ui
    chosen = await menu.choose(ui, ui.t("title_kind"), [ui.t("menu_kind_" + name) for name in filters.KINDS])
    wanted["kind"] = filters.KINDS[chosen]


async def time(terminal, wanted):
    """From and to, each a day or a minute; nothing keyed leaves that end open."""
    for name, prompt, ends in (("since", "prompt_since", False), ("until", "prompt_until", True)):
        wanted[name] = await _moment(terminal, prompt, ends)


async def sums(terminal, wanted):
    """The smallest amount and the largest."""
    ui = terminal.ui
    for name, title in (("min_minor", "title_min"), ("max_minor", "title_max")):
        wanted[name] = await amount.enter(ui, ui.t(title), "", terminal.parameters["currency"])


async def narrowed(terminal, wanted):
    """Kind, then time and amount where that is wanted."""
    ui = terminal.ui
    await kind(terminal, wanted)
    if await menu.choose(ui, ui.t("title_when"), [ui.t("menu_any_time"), ui.t("menu_from_to")]):
        await time(terminal, wanted)
    if await menu.choose(ui, ui.t("title_sum"), [ui.t("menu_any_sum"), ui.t("menu_from_to")]):
        await sums(terminal, wanted)


async def _moment(terminal, prompt, ends):
    ui = terminal.ui
    while True:
        ui.screen.clear()
        _, typed = await digits.enter(ui, ui.t("title_when"), ui.t(prompt), 8, 0)
        if not typed:
            return ""
        moment = filters.moment(typed, _today(terminal), ends)
        if moment:
            return moment
        await terminal.tell("filter_no_time")


def _today(terminal):
    """ "YYYYMMDD"; the end of the parameters' year while the clock was never set."""
    now = terminal.clock.now()
    return "{:04d}{:02d}{:02d}".format(*now[:3]) if now else "{}1231".format(terminal.parameters["year"])
