"""Asks for a row of digits: operator number, PIN, card number, order number."""

from micropython import const

from pos.ui import confirm
from pos.ui.inputs import CARD, HOLD, KEY, SCAN
from pos.ui.leave import Cancelled

_GROUP = const(4)
_GROUPED_FROM = const(12)  # numbers that can be this long are shown in groups, on two rows where one is too short


async def enter(ui, title, prompt, max_digits, min_digits=1, secret=False, card_ok=False, first="", scan_ok=False):
    """Returns ("KEY", digits); with `card_ok` or ("CARD", number), with `scan_ok` or ("SCAN", text). `prompt` (at most
    two rows) stands where the digits will be until the first is typed; `first` is what was typed already. `secret`
    shows a star for each digit. Digits beyond `max_digits` are refused with a hint, ENTER before `min_digits` likewise.
    CANCEL leaves, after asking where digits stand. Raises Cancelled, IdleTimeout."""
    typed = first
    note, shown = "hint_digits", ""
    ui.screen.put(0, title, "center")
    while True:
        if note != shown:
            ui.screen.put(ui.screen.rows - 1, ui.t(note, count=min_digits), "center")
            shown = note
        _show(ui.screen, prompt, "*" * len(typed) if secret else typed, max_digits)
        kind, key = await ui.next()
        if (kind == CARD and card_ok) or (kind == SCAN and scan_ok):
            return kind, key
        if kind == HOLD and key == "CLEAR":
            typed = ""
        if kind != KEY:
            continue
        note = "hint_digits"
        if key.isdigit():
            if len(typed) < max_digits:
                typed += key
            else:
                note = "digits_full"
        elif key == "CLEAR":
            typed = typed[:-1]
        elif key == "ENTER":
            if len(typed) >= min_digits:
                return KEY, typed
            note = "digits_short"
        elif key == "CANCEL":
            if not typed or await confirm.ask(ui, ui.t("ask_cancel_digits")):
                raise Cancelled()
            ui.screen.put(0, title, "center")
            shown = ""


def _show(screen, prompt, digits, max_digits):
    screen.put(1, "")
    screen.put(2, "")
    if max_digits >= _GROUPED_FROM and digits:
        for row, line in enumerate(_grouped(digits, screen.cols)):
            screen.put(1 + row, line)
    else:
        after = screen.put_lines(1, prompt, "left")
        if digits:
            screen.put(2, digits)
        elif after == 2:
            screen.put(2, "_")
    screen.flush()


def _grouped(digits, cols):
    """Groups of four, as many as a row takes, each row in full before the next begins."""
    per_row = (cols + 1) // (_GROUP + 1) * _GROUP
    rows = []
    for start in range(0, len(digits), per_row):
        part = digits[start : start + per_row]
        rows.append(" ".join([part[at : at + _GROUP] for at in range(0, len(part), _GROUP)]))
    return rows
