"""Waiting for the host, and telling what came of it: what was approved, or why not."""

from pos.domain.money import format_minor
from pos.domain.totals import kind_of
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
# Where a transaction has words of its own: beginnings of the keys, the nearest first. The sale's are the general ones.
_WORDS = {
    "void": ("void_",),
    "completion_void": ("void_",),
    "preauth_void": ("preauth_void_", "void_"),
    "refund": ("refund_",),
    "preauth": ("preauth_",),
    "completion": ("completion_",),
    "qr": ("qr_",),
    "offline": ("offline_",),
}


async def wait_for(terminal, work, key="processing"):
    """Shows "processing" while the coroutine waits for the host; returns what it returns."""
    return await message.busy_while(terminal.ui, terminal.ui.t(key), work)


def draw_approved(terminal, tx):
    """What was done, with amount and voucher number; the last row is left to the printing."""
    ui = terminal.ui
    terminal.parts.sound("approved")
    key = "approved" if tx["type"] == "sale" else "approved_" + tx["type"]
    trace = "{:06d}".format(tx["trace"])
    rows = ui.t(key, amount=format_minor(tx["amount_minor"]), trace=trace).split("\n")
    if terminal.training:
        rows[-1] = ui.t("training_voucher", trace=trace)
    ui.draw("\n".join(rows))


async def say_not_approved(terminal, outcome, head=None):
    """Tells why the host did not approve, what has become of the money, and what to do. `head`: key of the first row
    where no money is in it."""
    ui = terminal.ui
    terminal.parts.sound("error")
    result, cause = outcome["result"], outcome["cause"]
    words = _WORDS.get(kind_of(outcome["tx"]), ()) if outcome["tx"] else ()
    if result == "declined":
        code = outcome["code"]
        text = _text(ui, words, "declined").format(code=code) + "\n"
        text += _text(ui, words, "reason_" + code, "reason_other")
    elif result != "pending" and cause in _CAUSES:
        text = ui.t(_CAUSES[cause])
    elif result in _HEADS:
        text = ui.t(head) if head else _text(ui, words, _HEADS[result])
        text += "\n" + _text(ui, (), "cause_{}".format(cause), "cause_other")
    else:
        text = _text(ui, words, result)
    if terminal.training and text.count("\n") < 3:
        text += "\n" + ui.t("training_title")
    await message.show(ui, text)


async def tell(terminal, tx, key):
    """As terminal.tell, in this transaction's words where it has its own."""
    ui = terminal.ui
    await message.show(ui, _text(ui, _WORDS.get(kind_of(tx), ()), key), terminal.result_ms())


def _text(ui, words, key, other=None):
    """The text of a key in the first of these words that has it, then the general one; a code or a cause that nobody
    has written a text for has `other`."""
    for name in [word + key for word in words] + [key]:
        text = ui.t(name)
        if text != name:
            return text
    return ui.t(other or key)
