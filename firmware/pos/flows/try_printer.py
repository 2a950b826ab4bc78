"""Printer test: a page that shows whether all of the head, all styles, Chinese and a QR code come out."""

from pos.flows import slips
from pos.receipts import test_page


async def run(terminal):
    ui = terminal.ui
    ui.draw(ui.t("printing"))
    identity = terminal.identity
    rows = test_page.rows(terminal.slip_texts(), identity, terminal.VERSION, terminal.parts.serial_number())
    if await slips.print_rows(terminal, rows, "test"):
        await terminal.tell("test_printed")
