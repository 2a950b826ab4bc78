"""Drives a slip's rows through the printer port."""

from micropython import const

from pos.receipts.layout import CENTER, QR
from pos.texts import gb2312

_FEED_BEFORE_AGAIN = const(3)  # rows between the torn-off beginning of a slip and its repetition
_FEED_AFTER = const(1)


async def print_slip(printer, slip, again_mark=""):
    """Prints the rows (style, bytes) of one slip, cuts, and returns when the printer has proven that all of it is on
    paper. Raises the printer port's PrinterFault: then nothing counts as printed, and the slip is printed from its
    first row again once the fault is mended. `again_mark` (texts: slip_begun_again) then says so at its head, because
    the paper may carry the beginning of the first try."""
    await printer.begin()
    if again_mark:
        await printer.feed(_FEED_BEFORE_AGAIN)
        await printer.line(gb2312.encode(again_mark), CENTER)
    for style, data in slip:
        if style == QR:
            await printer.qr(data)
        else:
            await printer.line(data, style)
    await printer.feed(_FEED_AFTER)
    await printer.cut()
    await printer.finish()
