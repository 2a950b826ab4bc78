"""The main menu (菜单), as a table: what an operator may not do is not offered."""

from pos.domain import operators
from pos.ui import menu

# flow, text of the entry, right that it needs
_ENTRIES = (
    ("sale", "menu_sale", "sale"),
    ("balance", "menu_balance", "balance"),
    ("reprint", "menu_reprint", "reprint"),
    ("sign_on", "menu_sign_on", "status"),
    ("self_check", "menu_check", "status"),
    ("settings", "menu_settings", "language"),
    ("own_pin", "menu_pin", "own_pin"),
    ("retry_reversal", "menu_resolve", "retry_reversal"),
    ("unlock", "menu_unlock", "operators"),
    ("sign_off", "menu_sign_off", "status"),
    ("log_out", "menu_log_out", "status"),
    ("about", "menu_about", "status"),
)


async def run(terminal):
    """Returns the flow that was chosen."""
    ui = terminal.ui
    offered = [entry for entry in _ENTRIES if operators.may(terminal.operator, entry[2])]
    chosen = await menu.choose(ui, ui.t("title_menu"), [ui.t(entry[1]) for entry in offered])
    return (offered[chosen][0],)
