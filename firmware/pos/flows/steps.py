"""Steps that several flows share: what must be in order before money moves, and the card."""

import asyncio

from micropython import const

from pos import loading
from pos.domain import account, services, transaction
from pos.domain.money import format_minor
from pos.flows.mending import printer_text
from pos.ui import confirm
from pos.ui.inputs import CARD
from pos.ui.leave import Cancelled, IdleTimeout
from pos.ui.screen import middle_cut

_CARD_TRIES_MAX = const(3)
_COLS = const(16)
_REFUND_INSTEAD = const((None, "settled", "too_late"))
ORDER_DIGITS_MAX = 20


def masked(card):
    """The masked number, cut in its middle where the narrower display's row is too short for it."""
    return middle_cut(account.mask(card), _COLS)


async def need_signed_on(terminal):
    """Signs on when that has not been done or no longer holds. Raises Cancelled, the reason having been shown."""
    if not terminal.exchange.signed_on and not await terminal.enter("sign_on"):
        raise Cancelled()


async def entered(terminal, kind, entry):
    """What the coroutine `entry` returns: all that is asked before a transaction of this kind is sent. The one door out
    of it, CANCEL and the idle time: nothing was sent, an audit line is all that stays (R4); None then."""
    try:
        return await entry
    except (Cancelled, IdleTimeout):
        terminal.audit("cancelled", type=kind)
        await terminal.tell("cancelled")
    return None


async def original(terminal, kind, refusal, judge, given=None):
    """(original, word): what a correction of this kind is about. judge(original): why not, None when it can be done.
    What cannot is told (texts: refusal + word) and asked for anew, except where the refund is the way: then word says
    so. given: the original when it is known already. Raises Cancelled, IdleTimeout."""
    while True:
        found = given or await terminal.enter("originals", kind)
        word = judge(found)
        if word in _REFUND_INSTEAD:
            return found, word
        terminal.audit("refused", type=kind, reason=word)
        await terminal.tell(refusal + word)
        if given:
            raise Cancelled()


def clock_time(time):
    """ "HH:MM" of "HHMMSS"."""
    return time[:2] + ":" + time[2:4]


async def need_service(terminal, name):
    """Refuses what is switched off. Raises Cancelled."""
    if not services.on(terminal.parameters, name):
        await terminal.tell("service_off")
        raise Cancelled()


async def need_room(terminal):
    """A full journal, or a settlement that has begun, must be settled before anything new begins: leads straight there.
    Raises Cancelled when there is no room afterwards."""
    journal, limit = terminal.journal, terminal.parameters["journal_limit"]
    if journal.full(limit) and journal.state["count"] < limit:
        # Not the batch fills it but what is older: that need not be settled, it goes.
        await terminal.enter("make_room")
    if not journal.full(limit) and not journal.state["settling"]:
        return
    question = "ask_settle_on" if journal.state["settling"] else "ask_room"
    if not await confirm.ask(terminal.ui, terminal.ui.t(question)) or not await terminal.enter("settle"):
        raise Cancelled()
    if journal.full(limit):
        await terminal.tell("memory_full" if journal.full() else "journal_full")
        raise Cancelled()


async def need_paper(terminal):
    """Looks at battery and printer before money moves; the operator mends it, or goes on: the slip can be reprinted
    later. Returns whether to print the slip at once. Raises Cancelled."""
    charge_pct, word = terminal.parts.charge()
    if word == "empty" and not await confirm.ask(terminal.ui, terminal.ui.t("ask_battery", pct=charge_pct)):
        raise Cancelled()
    if terminal.print_mode() == "never":
        return True
    flags = await terminal.printer.status()
    while flags and await confirm.ask(terminal.ui, terminal.ui.t(printer_text(flags))):
        flags = await terminal.printer.status()
    if flags and not await confirm.ask(terminal.ui, terminal.ui.t("ask_no_slip")):
        raise Cancelled()
    return not flags


async def amount(terminal, title, kind, first="", most_minor=None, about=""):
    """Asks for an amount of at most `most_minor`, the host's maximum and the limit of the kind. about: a text above."""
    from pos.domain import limits, operators
    from pos.ui import amount as widget

    parameters = terminal.parameters
    most = [parameters["maximum_amount_minor"], limits.limit(parameters, kind, operators.SUPERVISOR), most_minor]
    most = min([minor for minor in most if minor is not None])
    return await widget.enter(terminal.ui, title, first, parameters["currency"], most, about)


async def confirm_amount(terminal, title, amount_minor, number=""):
    """Shows the amount large, with the masked card or code number, and asks (R3). Raises Cancelled."""
    from pos.ui import amount as widget

    if not await widget.confirm_large(terminal.ui, title, amount_minor, masked(number)):
        raise Cancelled()


async def meant(terminal, tx):
    """Asks when it is the same as the last one that was approved. Raises Cancelled."""
    if transaction.is_duplicate(tx, terminal.journal.state["last"]):
        ui = terminal.ui
        ui.inputs.clear()  # keyed ahead, for the confirmation: no answer to a question that rarely comes
        if not await confirm.ask(ui, ui.t("ask_duplicate", amount=format_minor(tx["amount_minor"]))):
            raise Cancelled()


async def order_number(terminal, title):
    """The order number, where the merchant wants one asked for (R56); "" when there is none."""
    if not terminal.settings["order_numbers"]:
        return ""
    from pos.ui import digits

    _, order = await digits.enter(terminal.ui, title, terminal.ui.t("prompt_order_none"), ORDER_DIGITS_MAX, 0)
    return order


async def card(terminal, title):
    """Asks for a card, held to the reader or keyed -> (entry "nfc" | "keyed", number). What is switched off of the two
    is not offered. Raises Cancelled, IdleTimeout."""

    async def ask(held):
        return await _card(terminal, title, held)

    return await while_reading(terminal, "reader", services.on(terminal.parameters, "nfc"), ask)


async def while_reading(terminal, name, wanted, ask):
    """What the coroutine ask(whether it reads) returns while the "reader" or the "scanner" listens; its code is gone
    afterwards. wanted: False leaves it alone; a board may have none."""
    terminal.ui.inputs.clear()
    with loading.Scope():
        part = getattr(terminal, name) if wanted else None
        if not part:
            return await ask(False)
        part.enabled = True
        reading = asyncio.create_task(part.run())
        try:
            return await ask(True)
        finally:
            part.enabled = False
            reading.cancel()
            terminal.parts.let_go()


async def _card(terminal, title, held):
    from pos.ui import digits

    prompt = terminal.ui.t("prompt_card" if held else "prompt_card_keyed")
    for _ in range(_CARD_TRIES_MAX):
        kind, number = await digits.enter(
            terminal.ui, title, prompt, account.DIGITS_MAX, account.DIGITS_MIN, card_ok=held
        )
        if account.acceptable(number):
            return ("nfc" if kind == CARD else "keyed"), number
        if len(number) < account.DIGITS_MIN:
            await terminal.tell("card_short", count=len(number), min=account.DIGITS_MIN)
        else:
            await terminal.tell("card_invalid")
    raise Cancelled()
