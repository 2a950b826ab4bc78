"""Asks for an amount of money, digit by digit, and shows one large for confirmation."""

from micropython import const

from pos.domain.money import MAX_AMOUNT_MINOR, format_minor
from pos.ui import confirm
from pos.ui.inputs import HOLD, KEY
from pos.ui.leave import Cancelled
from pos.ui.screen import middle_cut

_ROW = const(2)
_ABOUT_ROW = const(1)
CURRENCY = "CNY"


async def enter(ui, title, first="", currency=CURRENCY, max_minor=MAX_AMOUNT_MINOR, about=""):
    """Returns the amount in minor units, 1 to `max_minor`. `first` is what was already typed on the idle screen.
    `about` is a text that stands above the amount.

    UP is the 00 key here. CLEAR takes back one digit, held all. CANCEL leaves, after asking where digits stand. ENTER
    right after a digit that was refused is asked for once more. Raises Cancelled, IdleTimeout."""
    amount_minor = 0
    note, shown = "hint_amount", ""
    for digit in first:
        amount_minor, note = _append(amount_minor, digit, max_minor)
    _draw(ui, title, about)
    while True:
        if note != shown:
            ui.screen.put(ui.screen.rows - 1, ui.t(note, limit=format_minor(max_minor)), "center")
            shown = note
        # From the left: a further digit then changes the last four cells and none of those before.
        ui.screen.put(_ROW, currency + " " + format_minor(amount_minor))
        ui.screen.flush()
        kind, key = await ui.next()
        if kind != KEY and (kind != HOLD or key != "CLEAR"):
            continue
        refused, note = note == "amount_too_large", "hint_amount"
        if kind == HOLD:
            amount_minor = 0
        elif key.isdigit():
            amount_minor, note = _append(amount_minor, key, max_minor)
        elif key == "UP":
            amount_minor, note = _append(amount_minor, "00", max_minor)
        elif key == "CLEAR":
            amount_minor //= 10
        elif key == "ENTER":
            if amount_minor and not refused:
                return amount_minor
            # What stands there is not what was keyed: the ENTER that followed a refused digit meant another amount.
            note = "amount_check" if amount_minor else "amount_zero"
        elif key == "CANCEL":
            if not amount_minor or await confirm.ask(ui, ui.t("ask_cancel_amount")):
                raise Cancelled()
            _draw(ui, title, about)
            shown = ""


async def confirm_large(ui, title, amount_minor, note=""):
    """Shows the amount as large as the display can and asks; True for ENTER, False for CANCEL. `note`, a masked card
    for example, goes below. Raises IdleTimeout."""
    screen = ui.screen
    plain = format_minor(amount_minor)
    screen.clear()
    used = screen.put_large(1, plain)
    if used == 2:
        screen.put_pair(0, title, plain)  # tall digits are pictures: the figure itself stands above
    else:
        screen.put(0, title, "center")
        screen.put(2, middle_cut(note, screen.cols), "center")
    last = screen.rows - 1
    if used == 2 and note:
        ask = ui.t("hint_ok")
        screen.put_pair(last, middle_cut(note, screen.cols - len(ask) - 1), ask)
    else:
        screen.put(last, ui.t("hint_yes_no"), "center")
    screen.flush()
    return await confirm.answer(ui)


def _append(amount_minor, digits, max_minor):
    """(amount, key of the hint): the digits are refused as a whole where the limit would be passed."""
    longer = amount_minor
    for digit in digits:
        longer = longer * 10 + int(digit)
    if longer > max_minor:
        return amount_minor, "amount_too_large"
    return longer, "hint_amount"


def _draw(ui, title, about):
    ui.screen.clear()
    ui.screen.put(0, title, "center")
    ui.screen.put(_ABOUT_ROW, about)
