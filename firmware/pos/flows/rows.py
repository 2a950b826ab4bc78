"""A transaction as one row of a list: voucher number, a sign when it does not count, kind, amount."""

from pos.domain import marks
from pos.domain.money import format_minor
from pos.domain.totals import kind_of


def of(ui):
    """The render function of ui/listing.py for light transactions on this screen."""
    cols = ui.screen.cols - 1  # a mark stands before the row
    names = {}

    def render(tx):
        kind = kind_of(tx)
        if kind not in names:
            names[kind] = ui.t("short_" + kind)
        right = format_minor(marks.signed_minor(tx))
        number, sign, time = tx["trace"], marks.sign(tx), tx.get("time", "")
        for left in (
            "%06d%s %s:%s %s" % (number, sign, time[:2], time[2:4], names[kind]),
            "%06d%s %s" % (number, sign, names[kind]),
            "%d%s %s" % (number, sign, names[kind]),
        ):
            if _width(left) + 1 + len(right) <= cols:
                return left, right
        return "%d%s" % (number, sign), right

    return render


def _width(text):
    """Columns: a character that is not ASCII (three bytes) takes two, and perhaps a space before it."""
    wide = (len(text.encode()) - len(text)) // 2
    return len(text) + wide + (1 if wide else 0)
