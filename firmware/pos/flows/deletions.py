"""What was deleted (R43): who, when, why, how many, and the digest; the newest on the screen, all on paper."""

from micropython import const

from pos.domain.money import format_minor
from pos.journal import evidence
from pos.ui import confirm, pager

_DIGEST_ROW = const(16)
_SHOWN_MAX = const(10)  # their rows are held while they are shown


async def run(terminal):
    """Returns their printing as the next flow, which leads back."""
    ui = terminal.ui
    found, older = [], False
    for record in evidence.deletions(terminal.journal):
        if record["kind"] == "deleting":
            found.append(record)
            if len(found) > _SHOWN_MAX:
                found.pop(0)
                older = True
    if not found:
        await terminal.tell("deletions_none")
        return None
    rows = []
    for record in reversed(found):
        rows.extend(_rows(ui, record))
    if older:
        rows.append(ui.t("deletions_older"))
    while await pager.show(ui, rows, ui.t("title_deleted")) == "ENTER":
        if await confirm.ask(ui, ui.t("ask_print_deleted")):
            return ("print_list", "deletions", ("deletions",))
    return None


def _rows(ui, record):
    digest = record["digest"]
    return [
        record.get("at", "")[:16],
        ui.t("tx_operator", operator=record.get("operator", "")),
        ui.t("menu_del_" + record.get("reason", "")),
        ui.t("tx_records", count=record["count"]),
        format_minor(record["amount_minor"]),
    ] + [digest[at : at + _DIGEST_ROW] for at in range(0, len(digest), _DIGEST_ROW)]
