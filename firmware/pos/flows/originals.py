"""Finding the transaction that is to be corrected (R10, R15, R16): the last one is offered, any other is found by its
voucher number, in the list, by time, by order number; one of another terminal by the numbers on its slip."""

from micropython import const

from pos.domain import correction
from pos.domain.money import format_minor
from pos.domain.totals import kind_of
from pos.flows import steps
from pos.journal import history
from pos.ui.inputs import KEY
from pos.ui.leave import Cancelled

_AMOUNT_COLS = const(9)

# Correction: types of its original, whether that must be of the open batch, other ways to find it than its number.
_WANTED = {
    "void": (("sale", "offline", "completion"), True, ("list", "voucher", "time", "order")),
    "completion_void": (("completion",), True, ("list", "voucher", "time")),
    "preauth_void": (("preauth",), False, ("list", "voucher", "reference")),
    "completion": (("preauth",), False, ("list", "voucher", "reference")),
    "refund": (("sale", "offline", "completion"), False, ("list", "voucher", "order", "reference", "code")),
}


async def run(terminal, kind):
    """The original for a correction of this kind: a transaction as journal.history.find gives it, None when the number
    that was asked for does not exist, or one without "trace" that another terminal made. What is this terminal's was
    looked at. Raises Cancelled, IdleTimeout."""
    while True:
        tx = None if kind == "refund" else _last(terminal, kind)
        tx, seen = await (_offer(terminal, kind, tx) if tx else _otherwise(terminal, kind))
        if tx is None or "trace" not in tx:
            return tx
        tx = _whole(terminal, tx)
        if seen or tx is None:
            return tx
        _draw(terminal, tx, "hint_yes_no")
        if await _yes(terminal.ui):
            return tx


def _walk(terminal, kind, order=None, here=None):
    """Leads through the transactions that may be meant. A pre-authorisation whose completion stands is none of them.
    here: whether only the open batch, the kind's own rule when None."""
    journal = terminal.journal
    types = _WANTED[kind][0]
    if here is None:
        here = _WANTED[kind][1]
    completed = set()

    def wanted(tx):
        if tx["state"] != "approved" or tx["voided"]:
            return False
        if tx["type"] == "completion":
            completed.add((tx["original_batch"], tx["original_trace"]))
        return tx["type"] in types and (tx["batch"], tx["trace"]) not in completed and order in (None, tx["order"])

    return history.Walk(journal, journal.state["batch"] if here else None, wanted)


def _last(terminal, kind):
    """The newest that can be corrected so, None when there is none: of what went back wholly nothing is left."""
    walk = _walk(terminal, kind)
    while True:
        tx = walk.older()
        if tx is None:
            return None
        tx = _whole(terminal, tx)
        if tx and correction.refundable_minor(tx):
            return tx


def _whole(terminal, tx):
    journal = terminal.journal
    tx = history.find(journal, tx["trace"], tx["batch"])
    if tx and tx.get("completed_by"):
        completion = history.find(journal, tx["completed_by"])
        if completion and completion["voided_by"]:
            tx["completed_by"] = None  # what it took is held again
    return tx


async def _offer(terminal, kind, tx):
    """The last one on the screen: ENTER takes it, a digit begins the voucher number of another one, DOWN asks how else.
    -> (transaction, whether it was looked at)"""
    _draw(terminal, tx, "hint_original")
    while True:
        event, key = await terminal.ui.next()
        if event != KEY:
            continue
        if key == "ENTER":
            return tx, True
        if key.isdigit():
            return await _by_voucher(terminal, kind, key)
        if key in ("DOWN", "MENU"):
            return await _otherwise(terminal, kind)
        if key == "CANCEL":
            raise Cancelled()


async def _otherwise(terminal, kind):
    from pos.ui import menu

    ui = terminal.ui
    ways = _WANTED[kind][2]
    chosen = ways[await menu.choose(ui, ui.t("title_" + kind), [ui.t("find_" + way) for way in ways])]
    if chosen in ("reference", "code"):
        return await terminal.enter("reference", kind, chosen == "code"), True
    return await _WAYS[chosen](terminal, kind)


async def _by_voucher(terminal, kind, first=""):
    number = await _digits(terminal, kind, "prompt_voucher", 6, 1, first)
    return history.find(terminal.journal, int(number)), False


async def _by_list(terminal, kind, at=0, order=None):
    here = _WANTED[kind][1]
    tx = await _from_list(terminal, kind, at, order, here)
    if tx is None and here:
        # Nothing in the open batch: what is settled is shown, as choosing it leads on to the refund.
        tx = await _from_list(terminal, kind, 0, order, False)
    if tx is None:
        await terminal.tell("find_nothing")
        raise Cancelled()
    return tx, False


async def _from_list(terminal, kind, at, order, here):
    """Time (day, for a refund or of an earlier batch) and amount in each row, the voucher number of the one that is
    marked above them. None when there is none."""
    from pos.ui import listing

    ui = terminal.ui
    batch = terminal.journal.state["batch"]

    def number(tx):
        return ui.t("find_row", trace="{:06d}".format(tx["trace"]))

    def row(tx):
        by_day = kind == "refund" or tx["batch"] != batch
        when, mark = (tx["date"][4:], "-") if by_day else (tx["time"], ":")
        amount = format_minor(tx["amount_minor"])
        if len(amount) > _AMOUNT_COLS:
            mark = ""  # a million takes its place
        return when[:2] + mark + when[2:4], amount

    return await listing.choose(ui, number, _walk(terminal, kind, order, here), row, at)


async def _by_time(terminal, kind):
    """The list, beginning at the one that is nearest to that time of day."""
    while True:
        time = await _digits(terminal, kind, "prompt_time", 4, 4)
        if int(time[:2]) < 24 and int(time[2:]) < 60:
            break
        await terminal.tell("find_no_time")
    walk = _walk(terminal, kind)
    at = index = nearest = 0
    tx = walk.older()
    while tx:
        away = abs(_minute(tx["time"]) - _minute(time))
        if not index or away < nearest:
            at, nearest = index, away
        index += 1
        tx = walk.older()
    return await _by_list(terminal, kind, at)


async def _by_order(terminal, kind):
    order = await _digits(terminal, kind, "prompt_order", steps.ORDER_DIGITS_MAX, 1)
    return await _by_list(terminal, kind, 0, order)


_WAYS = {"list": _by_list, "voucher": _by_voucher, "time": _by_time, "order": _by_order}


async def _digits(terminal, kind, prompt, most, least, first=""):
    from pos.ui import digits

    ui = terminal.ui
    ui.screen.clear()
    _, typed = await digits.enter(ui, ui.t("title_" + kind), ui.t(prompt), most, least, first=first)
    return typed


def _minute(time):
    return int(time[:2]) * 60 + int(time[2:4])


def _draw(terminal, tx, hint):
    """Type, voucher number, date and time, state, amount."""
    ui = terminal.ui
    screen = ui.screen
    date = tx["date"]
    day = "{}-{} ".format(date[4:6], date[6:])
    state = _state(tx)
    screen.clear()
    screen.put_pair(0, ui.t("type_" + kind_of(tx)), "{:06d}".format(tx["trace"]))
    screen.put_pair(1, day + steps.clock_time(tx["time"]), ui.t(state) if state else "")
    screen.put(2, terminal.parameters["currency"] + " " + format_minor(tx["amount_minor"]))
    screen.put(3, ui.t(hint), "center")
    screen.flush()


def _state(tx):
    if tx["state"] != "approved":
        return ""
    if tx.get("voided_by"):
        return "original_voided"
    if not tx.get("refunded_minor"):
        return "original_ok"
    return "original_part" if correction.refundable_minor(tx) else "original_back"


async def _yes(ui):
    from pos.ui import confirm

    return await confirm.answer(ui)
