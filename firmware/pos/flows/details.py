"""One transaction on the screen (R10): what, when, who, its state, what became of it; ENTER prints it again (R61)."""

from pos.domain import marks
from pos.domain.account import mask
from pos.domain.money import format_minor
from pos.domain.totals import kind_of
from pos.journal import history
from pos.ui import confirm, pager
from pos.ui.screen import middle_cut

_COLS = 16


async def run(terminal, trace, batch=None, following=None):
    """Shows it until CANCEL, then returns `following`, the flow to go back to; or its printing, which leads here."""
    ui = terminal.ui
    tx = history.find(terminal.journal, trace, batch)
    if tx is None:
        await terminal.tell("records_not_found", trace="{:06d}".format(trace))
        return following
    kind = ui.t("type_" + kind_of(tx))
    while await pager.show(ui, lines(terminal, tx), kind) == "ENTER":
        if tx["state"] not in ("approved", "waiting"):
            await terminal.tell("no_slip_of_it")
        elif not terminal.may("reprint"):
            await terminal.tell("no_reprint_right")
        elif await confirm.ask(ui, ui.t("ask_reprint")):
            return ("reprint", tx, ("details", tx["trace"], tx["batch"], following))
    return following


def lines(terminal, tx):
    """Rows for the pager; what the transaction does not have is left out."""
    ui = terminal.ui
    date, time = tx.get("date", ""), tx.get("time", "")
    found = [
        ui.t("tx_" + tx["state"]),
        terminal.parameters["currency"] + " " + format_minor(marks.signed_minor(tx, kind_of(tx))),
    ]
    if tx["voided_by"]:
        found.append(ui.t("tx_voided_by", trace="{:06d}".format(tx["voided_by"])))
    if tx["completed_by"]:
        found.append(ui.t("tx_completed", trace="{:06d}".format(tx["completed_by"])))
    if tx["refunded_minor"]:
        found.append(ui.t("tx_refunded"))
        found.append(format_minor(tx["refunded_minor"]))
    if tx["state"] == "declined":
        found.extend(_why(ui, tx.get("code", "")))
    if date:
        found.append("{}-{}-{} {}:{}".format(date[:4], date[4:6], date[6:], time[:2], time[2:4]))
    found.append(ui.t("tx_voucher", trace="{:06d}".format(tx["trace"])))
    found.append(ui.t("tx_batch", batch="{:06d}".format(tx.get("batch", 0))))
    if tx.get("original_trace"):
        found.append(ui.t("tx_original", trace="{:06d}".format(tx["original_trace"])))
    if tx.get("reason"):
        found.append(ui.t("why_" + tx["reason"]))
    found.append(ui.t("tx_operator", operator=tx.get("operator", "")))
    if tx.get("approver"):
        found.append(ui.t("tx_approver", operator=tx["approver"]))
    for key, value in _LABELLED:
        if tx.get(value):
            found.append(ui.t(key))
            found.extend(_cut(mask(tx[value]) if value == "card" else tx[value]))
    if tx.get("restored"):
        found.append(ui.t("tx_restored"))
    return found


_LABELLED = (("tx_card", "card"), ("tx_order", "order"), ("tx_rrn", "rrn"), ("tx_auth", "auth"))


def _why(ui, code):
    """The response code, and what it means."""
    text = ui.t("reason_" + code)
    if text == "reason_" + code:
        text = ui.t("reason_other")
    return [ui.t("tx_code", code=code)] + text.split("\n")


def _cut(value):
    """A masked number without its middle, anything else on as many rows as it takes."""
    if "*" in value:
        return [middle_cut(value, _COLS)]
    return [value[at : at + _COLS] for at in range(0, len(value), _COLS)]
