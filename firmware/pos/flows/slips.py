"""Printing slips: merchant and customer copy with a tear-off between, and what happens when the printer fails."""

from pos.flows.mending import printer_text
from pos.receipts import paper, slip
from pos.ui import confirm, message
from pos.ui.leave import IdleTimeout

_MERCHANT, DONE = 1, 2  # stages of the journal's "printed" record


async def run(terminal, tx):
    """Prints what is not yet printed of an approved transaction, as the settings ask.

    Only the last row of the screen belongs to it; what is above (APPROVED) stays until the tear-off."""
    ui = terminal.ui
    mode = terminal.print_mode()
    if mode == "ask" and not await confirm.ask(ui, ui.t("ask_print")):
        mode = "never"
    if mode == "never":
        stage(terminal, tx, DONE)
        _last_row(ui, "hint_any_key")
        await message.wait(ui, terminal.result_ms())
        return
    if terminal.journal.state["slips"] < _MERCHANT:
        if not await print_one(terminal, tx, "merchant"):
            return
        copies = terminal.copies()
        stage(terminal, tx, _MERCHANT if copies > 1 else DONE)
        ui.inputs.clear()
        _last_row(ui, "hint_tear" if copies > 1 else "hint_any_key")
        await message.wait(ui)
        if copies == 1:
            return
    if await print_one(terminal, tx, "customer"):
        stage(terminal, tx, DONE)


async def print_one(terminal, tx, copy, duplicate=False):
    """Prints one slip until it is whole. False when the operator put it off: it can be reprinted."""
    ui = terminal.ui
    texts = terminal.slip_texts()
    rows = slip.sale(tx, terminal.identity, terminal.parameters, texts, copy, duplicate)
    printer = terminal.printer
    again_mark = ""
    _last_row(ui, "hint_printing")
    while True:
        try:
            await paper.print_slip(printer, rows, again_mark)
            return True
        except printer.Fault as fault:
            flags = fault.flags
            again_mark = texts.t("slip_begun_again")
        terminal.audit("printer_fault", flags=flags, trace=tx["trace"])
        if not await _ask_to_mend(ui, flags):
            terminal.audit("print_put_off", trace=tx["trace"])
            await terminal.tell("slip_skipped_sale")
            return False
        ui.draw(ui.t("printing"))


async def _ask_to_mend(ui, flags):
    """Whether to print again. Waits as long as it takes: the sale stands, and its slip must not be forgotten."""
    while True:
        try:
            return await confirm.ask(ui, ui.t(printer_text(flags)))
        except IdleTimeout:
            pass


def stage(terminal, tx, slips):
    """Remembers what of the last transaction is printed: at start the rest is made up for."""
    terminal.journal.append({"kind": "printed", "trace": tx["trace"], "slips": slips})


def _last_row(ui, key):
    ui.screen.put(ui.screen.rows - 1, ui.t(key), "center")
    ui.screen.flush()
