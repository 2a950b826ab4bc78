"""An original that another terminal made, or whose record is gone: its numbers are keyed from the old slip."""

from pos.domain import calendar
from pos.flows import steps
from pos.ui import digits
from pos.ui.leave import Cancelled

_RRN_DIGITS = 12
_AUTH_DIGITS = 6
_TRIES_MAX = 3


async def run(terminal, kind, by_code):
    """What correct() of domain.transaction needs, without a trace number: {"type", "date", "rrn", "card", "entry"}, and
    "auth" for what belongs to a pre-authorisation. by_code: it was paid by QR code, so there is no card to ask for.
    Raises Cancelled, IdleTimeout."""
    title = terminal.ui.t("title_" + kind)
    held = kind != "refund"
    original = {"type": "preauth" if held else "sale", "state": "approved"}
    original["rrn"] = await _digits(terminal, title, "prompt_rrn", _RRN_DIGITS)
    if held:
        original["auth"] = await _digits(terminal, title, "prompt_auth", _AUTH_DIGITS)
    original["date"] = await _date(terminal, title)
    original["entry"], original["card"] = ("qr", "") if by_code else await steps.card(terminal, title)
    return original


async def _date(terminal, title):
    for _ in range(_TRIES_MAX):
        now = terminal.clock.now()
        date = calendar.last_day(await _digits(terminal, title, "prompt_date", 4), now)
        if date:
            return date
        await terminal.tell("find_no_date")
    raise Cancelled()


async def _digits(terminal, title, prompt, count):
    terminal.ui.screen.clear()
    _, typed = await digits.enter(terminal.ui, title, terminal.ui.t(prompt), count, count)
    return typed
