"""Why it is taken back (撤销原因, R18, R19): a list, one key each."""

from pos.domain import reasons
from pos.ui import menu


async def run(terminal):
    """The code of the reason that was chosen."""
    ui = terminal.ui
    rows = [ui.t("why_" + code) for code in reasons.CODES]
    return reasons.CODES[await menu.choose(ui, ui.t("title_reason"), rows)]
