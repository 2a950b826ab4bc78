"""A transaction as one row of a list: voucher number, a sign when it does not count, kind, amount."""

from pos.domain import marks
from pos.domain.money import format_minor
from pos.domain.totals import kind_of


def of(ui):
    """The render function of ui/listing.py for light transactions on this screen."""
    cols = ui.screen.cols - 2  # a mark stands before the row, a space before the amount
    short = ui.t("short_kinds")  # one text for all: each that is looked up is read from flash
    names = {}

    def render(tx):
        kind = kind_of(tx)
        if kind not in names:
            name = short.split(" ", marks.KINDS.index(kind) + 1)[marks.KINDS.index(kind)]
            # What is not ASCII takes two columns a character, and perhaps a space before it.
            names[kind] = name, len(name) if len(name.encode()) == len(name) else 2 * len(name) + 1
        name, width = names[kind]
        right = format_minor(marks.signed_minor(tx, kind))
        left = "%d%s " % (tx["trace"], marks.sign(tx))
        return (left + name if len(left) + width + len(right) <= cols else left), right

    return render
