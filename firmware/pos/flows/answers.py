"""Waiting for the host, and telling why it did not approve."""

from pos.ui import message

# Causes that lie in this terminal, with a text of their own for the whole screen; the others are about the link.
_CAUSES = {
    "signed_off": "sign_on_first",
    "blocked": "blocked",
    "pending": "pending_still",
    "full": "journal_full",
    "storage": "fault_storage",
}
# First row where nothing moved, by the outcome's result.
_HEADS = {"not_sent": "not_sent", "failed": "not_charged"}


async def wait_for(terminal, work, key="processing"):
    """Shows "processing" while the coroutine waits for the host; returns what it returns."""
    return await message.busy_while(terminal.ui, terminal.ui.t(key), work)


async def say_not_approved(terminal, outcome, head=None):
    """Tells why the host did not approve, what has become of the money, and what to do. `head`: key of the first row
    where no money is in it."""
    ui = terminal.ui
    result, cause = outcome["result"], outcome["cause"]
    if result == "declined":
        code = outcome["code"]
        text = ui.t("declined", code=code) + "\n" + _text_or(ui, "reason_" + code, "reason_other")
    elif result != "pending" and cause in _CAUSES:
        text = ui.t(_CAUSES[cause])
    elif result in _HEADS:
        text = ui.t(head or _HEADS[result]) + "\n" + _text_or(ui, "cause_{}".format(cause), "cause_other")
    else:
        text = ui.t(result)
    await message.show(ui, text)


def _text_or(ui, key, other):
    """The text of a key that comes from outside: a code that nobody has written a text for has a general one."""
    text = ui.t(key)
    return ui.t(other) if text == key else text
