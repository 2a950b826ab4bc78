"""Help (帮助): a page for each question that comes up at the counter, and the number to call (R57)."""

from pos.ui.inputs import HOLD

_PAGES = ("help_wrong", "help_void", "help_refund", "help_unknown", "help_slip", "help_settle")


async def run(terminal):
    """UP and DOWN, or ENTER, turn the pages; CANCEL ends, and so does ENTER on the last."""
    ui = terminal.ui
    phone = terminal.parameters["service_phone"]
    cols = ui.screen.cols
    last = ui.t("help_call", phone=(phone[:cols] + "\n" + phone[cols:]).strip()) if phone else ui.t("help_no_phone")
    pages = [ui.t(key) for key in _PAGES] + [last]
    at = 0
    while True:
        ui.draw(pages[at])
        kind, key = await ui.next()
        if kind == HOLD:
            continue
        if key == "CANCEL" or (key == "ENTER" and at == len(pages) - 1):
            return
        if key == "UP":
            at = max(at - 1, 0)
        elif key in ("DOWN", "ENTER"):
            at = min(at + 1, len(pages) - 1)
