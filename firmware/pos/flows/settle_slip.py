"""The slip of the last settlement: after it, at start when it was left over, reprinted as a duplicate (R61)."""

_PRINTED = 2  # of the journal's record "settlement_printed"


async def run(terminal, unasked=False, reprint=False, again=False):
    """True when it is on paper. Put off, it waits: nothing depends on it. unasked: nobody may be there, so it is only
    printed by a printer that can do it now. reprint: whatever the settings say about slips. again: it may have been
    begun before a power cut."""
    settled = terminal.journal.state["settled"]
    if not settled:
        await terminal.tell("reprint_none")
        return False
    mode = "always" if reprint else terminal.print_mode()
    if mode == "ask" and not unasked:
        from pos.ui import confirm

        if not await confirm.ask(terminal.ui, terminal.ui.t("ask_print")):
            mode = "never"
    if mode == "never":
        _note(terminal, settled)  # not wanted: nothing is left over
        return False
    terminal.ui.draw(terminal.ui.t("printing"))
    rows = _rows(terminal, settled)
    if not await (_quietly(terminal, rows, again) if unasked else _until_whole(terminal, rows)):
        return False
    _note(terminal, settled)
    return True


async def _until_whole(terminal, rows):
    from pos.flows import slips

    return await slips.print_rows(terminal, rows, "settlement")


async def _quietly(terminal, rows, again):
    from pos.receipts import paper

    printer = terminal.printer
    if await printer.status():
        return False
    if again:
        printer.begun = True  # a new printer object does not know what the printer may still hold
    try:
        await paper.print_slip(printer, rows, terminal.slip_texts().t("slip_begun_again") if again else "")
    except printer.Fault as fault:
        terminal.audit("printer_fault", flags=fault.flags, trace="settlement")
        return False
    return True


def _rows(terminal, settled):
    from pos.receipts import settlement

    again = settled["slips"] == _PRINTED
    about = (terminal.identity, terminal.parameters, terminal.slip_texts())
    return settlement.settlement(settled, *about, again, terminal.training)


def _note(terminal, settled):
    if settled["slips"] != _PRINTED:
        terminal.journal.append({"kind": "settlement_printed", "batch": settled["batch"], "slips": _PRINTED})
