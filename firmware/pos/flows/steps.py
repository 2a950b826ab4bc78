"""Steps that several flows share: what must be in order first, the card, the waiting, the bad news."""

import asyncio

from pos.domain import account
from pos.ui import confirm, digits, message
from pos.ui.leave import Cancelled
from pos.ui.screen import middle_cut

_CARD_TRIES_MAX = 3
# The printer driver's flags, the most urgent first: what must be mended before the rest can be seen.
_PRINTER_TEXTS = (
    (2, "ask_printer_cover"),
    (1, "ask_printer_paper"),
    (8, "ask_printer_error"),
)

# Causes that lie in this terminal, with a text of their own for the whole screen; the others are about the link.
_CAUSES = {
    "signed_off": "sign_on_first",
    "blocked": "blocked",
    "pending": "pending_still",
    "full": "journal_full",
    "storage": "fault_storage",
}
# First row where nothing moved, by the outcome's result.
_HEADS = {"not_sent": "not_sent", "failed": "not_charged"}


def masked(card, cols=16):
    """The masked number, cut in its middle where the row is too short for it."""
    return middle_cut(account.mask(card), cols)


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


def printer_text(flags):
    """Key of the question that says what is wrong with the printer and what to do."""
    for flag, key in _PRINTER_TEXTS:
        if flags & flag:
            return key
    return "ask_printer_offline"


async def card(terminal, title):
    """Asks for a card, held to the reader or keyed -> (entry "nfc" | "keyed", number).

    Raises Cancelled, IdleTimeout."""
    ui = terminal.ui
    ui.inputs.clear()
    reader = terminal.reader
    reader.enabled = True
    reading = asyncio.create_task(reader.run())
    try:
        for _ in range(_CARD_TRIES_MAX):
            kind, number = await digits.enter(
                ui, title, ui.t("prompt_card"), account.DIGITS_MAX, account.DIGITS_MIN, card_ok=True
            )
            if account.acceptable(number):
                return ("nfc" if kind == "CARD" else "keyed"), number
            await message.show(ui, ui.t("card_invalid"), terminal.result_ms())
    finally:
        reader.enabled = False
        reading.cancel()
    raise Cancelled()


async def ask_pin(terminal, number):
    """Asks for the PIN of this operator -> ("ok" or "first" (it must be changed), PIN); (None, PIN) when it was wrong,
    which was said. Raises Cancelled, IdleTimeout."""
    from pos.domain.operators import PIN_DIGITS_MAX, PIN_DIGITS_MIN

    ui = terminal.ui
    title = ui.t("idle_operator", operator=number)
    _, pin = await digits.enter(ui, title, ui.t("prompt_pin"), PIN_DIGITS_MAX, PIN_DIGITS_MIN, secret=True)
    answer = terminal.staff.check(number, pin)
    result = answer["result"]
    if result in ("ok", "first"):
        return result, pin
    terminal.audit("pin_" + result, operator=number)
    if answer["wait_ms"]:
        await say_locked(terminal, answer["wait_ms"])
    else:
        await terminal.tell("login_wrong_pin", left=answer["tries"])
    return None, pin


async def say_locked(terminal, wait_ms):
    if wait_ms < 0:
        await terminal.tell("login_locked")
    else:
        await terminal.tell("login_locked_for", minutes=(wait_ms + 59_999) // 60_000)


async def prove_operator(terminal):
    """Asks the operator who is logged in for the PIN again and returns it. Raises Cancelled when it is wrong."""
    result, pin = await ask_pin(terminal, terminal.operator)
    if result is None:
        raise Cancelled()
    return pin


async def wait_for(terminal, work, key="processing"):
    """Shows "processing" while the coroutine waits for the host; returns what it returns."""
    return await message.busy_while(terminal.ui, terminal.ui.t(key), work)


async def say_not_approved(terminal, outcome, head=None):
    """Tells why the host did not approve, what has become of the money, and what to do. `head`: key of the first row
    where no money is in it."""
    ui = terminal.ui
    result, cause = outcome["result"], outcome["cause"]
    if result == "declined":
        code = outcome["code"]
        text = ui.t("declined", code=code) + "\n" + _text_or(ui, "reason_" + code, "reason_other")
    elif result != "pending" and cause in _CAUSES:
        text = ui.t(_CAUSES[cause])
    elif result in _HEADS:
        text = ui.t(head or _HEADS[result]) + "\n" + _text_or(ui, "cause_{}".format(cause), "cause_other")
    else:
        text = ui.t(result)
    await message.show(ui, text)


def _text_or(ui, key, other):
    """The text of a key that comes from outside: a code that nobody has written a text for has a general one."""
    text = ui.t(key)
    return ui.t(other) if text == key else text
