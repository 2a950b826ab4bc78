"""Asks a question that ENTER answers with yes and CANCEL with no."""

from pos.ui.inputs import KEY


async def ask(ui, text):
    """`text`: at most three rows. Returns True for ENTER, False for CANCEL. Raises IdleTimeout."""
    ui.draw(text, ui.t("hint_yes_no"))
    return await answer(ui)


async def answer(ui):
    """Waits for ENTER (True) or CANCEL (False); every other input is passed over. Raises IdleTimeout."""
    while True:
        kind, key = await ui.next()
        if kind == KEY and key in ("ENTER", "CANCEL"):
            return key == "ENTER"
