"""Totals of the batch (交易汇总, R24, R62): by kind and by side on the screen; ENTER prints them."""

from pos.domain import settling, totals
from pos.domain.money import format_minor
from pos.ui import confirm, pager


async def run(terminal):
    """Returns their printing as the next flow, which leads back."""
    ui = terminal.ui
    state = terminal.journal.state
    rows = [ui.t("tx_batch", batch="{:06d}".format(state["batch"]))] + counted(ui, state["totals"])
    if state["offline"]:
        rows.extend(_counted(ui, "settle_offline", len(state["offline"]), state["offline_minor"]))
    while await pager.show(ui, rows, ui.t("title_totals")) == "ENTER":
        if await confirm.ask(ui, ui.t("ask_print_totals")):
            return ("print_list", "totals", ("totals_screen",))
    return None


def counted(ui, by_kind):
    """Rows for the pager: both sides, then each kind, a name with its number and a sum below."""
    debit_count, debit_minor, credit_count, credit_minor = totals.sides(by_kind)
    found = _counted(ui, "settle_debit", debit_count, debit_minor)
    found.extend(_counted(ui, "settle_credit", credit_count, credit_minor))
    for kind in settling.KINDS_COUNTED:
        if kind in by_kind:
            found.extend(_counted(ui, "type_" + kind, by_kind[kind][0], by_kind[kind][1]))
    return found


def _counted(ui, key, count, amount_minor):
    total = format_minor(amount_minor)
    return ["{} x {}".format(ui.t(key), count), " " * (ui.screen.cols - len(total)) + total]
