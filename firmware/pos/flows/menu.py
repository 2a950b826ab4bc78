"""The menus (菜单), as a table: what an operator may not do, or a service that is off, is not offered."""

from pos.domain import services
from pos.ui import menu
from pos.ui.leave import Cancelled

# An entry: flow, text, right that it needs, payment service that it belongs to ("" none). A group: text, entries.
_SALE = ("sale", "menu_sale", "sale", "")
_CORRECT = (
    ("void", "menu_void", "void", "void"),
    ("refund", "menu_refund", "refund", "refund"),
    ("reprint", "menu_reprint", "reprint", ""),
    ("balance", "menu_balance", "balance", "balance"),
    ("retry_reversal", "menu_resolve", "retry_reversal", ""),
)
_RECORDS = (
    ("records", "menu_details", "records", ""),
    ("totals_screen", "menu_totals", "records", ""),
    ("find", "menu_find", "records", ""),
    ("print_list", "menu_print_list", "records", ""),
    ("delete_records", "menu_delete", "delete", ""),
    ("recover_records", "menu_recover", "delete", ""),
)
_SETTLE = ("settle", "menu_settle", "settle", "")
_QR = (
    ("qr_scan", "menu_qr_scan", "sale", "qr"),
    ("qr_show", "menu_qr_show", "sale", "qr"),
)
_HOLD = (
    ("preauth", "menu_preauth", "preauth", "preauth"),
    ("completion", "menu_completion", "completion", "preauth"),
    ("preauth_void", "menu_preauth_void", "preauth_void", "preauth"),
    ("completion_void", "menu_compl_void", "completion_void", "preauth"),
)
_OPERATORS = (
    ("own_pin", "menu_pin", "own_pin", ""),
    ("log_out", "menu_log_out", "status", ""),
    ("operators", "menu_staff", "operators", ""),
    ("unlock", "menu_unlock", "operators", ""),
)
_DEVICE = (
    ("self_check", "menu_check", "status", ""),
    ("diagnostics", "menu_test", "status", ""),
    ("settings", "menu_settings", "language", ""),
    ("services", "menu_services", "services", ""),
    ("training", "menu_training", "training", ""),
    ("about", "menu_about", "status", ""),
)
_SIGNING = (
    ("sign_on", "menu_sign_on", "status", ""),
    ("sign_off", "menu_sign_off", "status", ""),
)
_MAIN = (
    _SALE,
    ("menu_correct", _CORRECT),
    ("menu_records", _RECORDS),
    _SETTLE,
    ("menu_qr", _QR),
    ("menu_hold", _HOLD),
    ("menu_operators", _OPERATORS),
    ("menu_device", _DEVICE),
    ("menu_signing", _SIGNING),
    ("help", "menu_help", "status", ""),
)


async def run(terminal):
    """Returns the flow that was chosen. CANCEL in a group goes back to the main menu."""
    at = 0
    while True:
        rows = [row for row in _MAIN if _offered(terminal, row)]
        at = await _choose(terminal, "title_menu", rows, at)
        chosen = rows[at]
        if len(chosen) > 2:
            return (chosen[0],)
        entries = [entry for entry in chosen[1] if _offered(terminal, entry)]
        try:
            return (entries[await _choose(terminal, chosen[0], entries)][0],)
        except Cancelled:
            pass


async def _choose(terminal, title, rows, at=0):
    ui = terminal.ui
    return await menu.choose(ui, ui.t(title), [ui.t(row[1] if len(row) > 2 else row[0]) for row in rows], at)


def _offered(terminal, row):
    """Whether the operator may do it and the service is on; of a group, whether that holds for any of its entries."""
    if len(row) == 2:
        return any(_offered(terminal, entry) for entry in row[1])
    _flow, _text, right, service = row
    return terminal.may(right) and (not service or services.on(terminal.parameters, service))
