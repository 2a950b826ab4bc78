"""Printing slips: merchant and customer copy with a tear-off between, and what happens when the printer fails."""

from pos.flows.mending import printer_text
from pos.receipts import paper
from pos.ui import confirm, message
from pos.ui.leave import IdleTimeout

_MERCHANT, DONE = 1, 2  # stages of the journal's "printed" record


async def run(terminal, tx, wanted=True, again=False):
    """Prints what is not yet printed of an approved transaction, as the settings ask.

    Only the last row of the screen belongs to it; what is above (APPROVED) stays until the tear-off. wanted: False when
    the operator went on without a slip: the printer is left alone, and the slip is made up for later. again: the slips
    may have been begun before a power cut."""
    ui = terminal.ui
    mode = terminal.print_mode()
    if wanted and mode == "ask" and not await confirm.ask(ui, ui.t("ask_print")):
        mode = "never"
    if mode == "never":
        stage(terminal, tx, DONE)
    if mode == "never" or not wanted:
        _last_row(ui, "hint_any_key")
        await message.wait(ui, terminal.result_ms())
        return
    if _printed(terminal, tx) < _MERCHANT:
        if not await print_one(terminal, tx, "merchant", again=again):
            return
        copies = terminal.copies()
        if copies == 1:
            stage(terminal, tx, DONE)
        ui.inputs.clear()
        _last_row(ui, "hint_tear" if copies > 1 else "hint_any_key")
        await message.wait(ui)
        if copies == 1:
            return
    # One record for both: after a power cut they are both printed again, and marked as begun before.
    stage(terminal, tx, DONE if await print_one(terminal, tx, "customer", again=again) else _MERCHANT)


async def print_one(terminal, tx, copy, duplicate=False, again=False):
    """Prints one copy of a transaction's slip until it is whole. False when the operator put it off: it can be
    reprinted."""
    from pos.receipts import slip  # no report needs it

    rows = slip.transaction(
        tx, terminal.identity, terminal.parameters, terminal.slip_texts(), copy, duplicate, terminal.training
    )
    return await print_rows(terminal, rows, tx["trace"], again)


async def print_rows(terminal, rows, about=None, again=False):
    """Prints the rows (style, bytes) of one slip or report, and once more from the first row when the printer failed
    and was mended. True when all of it is on paper, False when the operator put it off, which was said.

    about: what it is for the audit, the trace number of a transaction; again: it may have been begun before."""
    ui = terminal.ui
    printer = terminal.printer
    mark = terminal.slip_texts().t("slip_begun_again")
    if again:
        printer.begun = True  # a new printer object does not know what the printer may still hold
    _last_row(ui, "hint_printing")
    while True:
        try:
            await paper.print_slip(printer, rows, mark if again else "")
            return True
        except printer.Fault as fault:
            flags = fault.flags
            again = True
        terminal.audit("printer_fault", flags=flags, trace=about)
        if not await _ask_to_mend(ui, flags):
            terminal.audit("print_put_off", trace=about)
            await terminal.tell("slip_skipped" if isinstance(about, int) else "slip_skipped_report")
            return False
        ui.draw(ui.t("printing"))


async def _ask_to_mend(ui, flags):
    """Whether to print again. Waits as long as it takes: what was done stands, and its slip must not be forgotten."""
    while True:
        try:
            return await confirm.ask(ui, ui.t(printer_text(flags)))
        except IdleTimeout:
            pass


def _printed(terminal, tx):
    """What of it is on paper; the journal knows that of the last transaction only."""
    state = terminal.journal.state
    last = state["last"]
    return state["slips"] if last and last["trace"] == tx["trace"] else 0


def stage(terminal, tx, slips):
    """Remembers what of the last transaction is printed: at start the rest is made up for."""
    terminal.journal.append({"kind": "printed", "trace": tx["trace"], "slips": slips})


def _last_row(ui, key):
    ui.screen.put(ui.screen.rows - 1, ui.t(key), "center")
    ui.screen.flush()
