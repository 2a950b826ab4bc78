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
            name = " " + ui.t("short_" + kind)
            names[kind] = name, _width(name)
        name, width = names[kind]
        right = format_minor(marks.signed_minor(tx))
        sign = marks.sign(tx)
        number = str(tx["trace"])
        room = cols - 1 - len(right) - width - len(sign)
        return number + sign + (name if len(number) <= room else ""), right

    return render


def _width(text):
    """Columns: a character that is not ASCII (three bytes) takes two, and perhaps a space before it."""
    wide = (len(text.encode()) - len(text)) // 2
    return len(text) + wide + (1 if wide else 0)
