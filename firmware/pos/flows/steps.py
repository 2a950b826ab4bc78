"""Steps that several flows share: what must be in order before money moves, and the card."""

import asyncio

from micropython import const

from pos import loading
from pos.domain import account
from pos.flows.mending import printer_text
from pos.ui import confirm, digits
from pos.ui.leave import Cancelled
from pos.ui.screen import middle_cut

_CARD_TRIES_MAX = const(3)
_COLS = const(16)


def masked(card):
    """The masked number, cut in its middle where the narrower display's row is too short for it."""
    return middle_cut(account.mask(card), _COLS)


async def need_signed_on(terminal):
    """Signs on when that has not been done or no longer holds. Raises Cancelled, the reason having been shown."""
    if not terminal.exchange.signed_on and not await terminal.enter("sign_on"):
        raise Cancelled()


async def need_service(terminal, name):
    """Refuses what the host has switched off. Raises Cancelled."""
    if name not in terminal.parameters["services"].split(","):
        await terminal.tell("service_off")
        raise Cancelled()


async def need_room(terminal):
    """Refuses a new sale while the journal is full. Raises Cancelled."""
    if terminal.journal.full(terminal.parameters["journal_limit"]):
        await terminal.tell("journal_full")
        raise Cancelled()


async def need_paper(terminal):
    """Looks at the printer before money moves; the operator mends it, or goes on: the slip can be reprinted later."""
    if terminal.print_mode() == "never":
        return
    flags = await terminal.printer.status()
    while flags and await confirm.ask(terminal.ui, terminal.ui.t(printer_text(flags))):
        flags = await terminal.printer.status()
    if flags and not await confirm.ask(terminal.ui, terminal.ui.t("ask_no_slip")):
        raise Cancelled()


async def card(terminal, title):
    """Asks for a card, held to the reader or keyed -> (entry "nfc" | "keyed", number).

    Raises Cancelled, IdleTimeout."""
    terminal.ui.inputs.clear()
    with loading.Scope():
        reader = terminal.reader
        reader.enabled = True
        reading = asyncio.create_task(reader.run())
        try:
            return await _card(terminal, title)
        finally:
            reader.enabled = False
            reading.cancel()
            terminal.parts.let_go()


async def _card(terminal, title):
    prompt = terminal.ui.t("prompt_card")
    for _ in range(_CARD_TRIES_MAX):
        kind, number = await digits.enter(
            terminal.ui, title, prompt, account.DIGITS_MAX, account.DIGITS_MIN, card_ok=True
        )
        if account.acceptable(number):
            return ("nfc" if kind == "CARD" else "keyed"), number
        await terminal.tell("card_invalid")
    raise Cancelled()
