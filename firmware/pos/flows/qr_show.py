"""Sale by the merchant's QR code (收款码): the amount and its confirmation; then qr_wait.py shows the code."""

from pos.domain import transaction
from pos.flows import steps
from pos.flows.mending import printer_text
from pos.ui import confirm
from pos.ui.leave import Cancelled


async def run(terminal):
    """Returns the code and the waiting as the next flow."""
    return await steps.entered(terminal, "sale", _enter(terminal))


async def _enter(terminal):
    ui = terminal.ui
    title = ui.t("title_qr")
    await steps.need_service(terminal, "qr")
    await steps.need_room(terminal)
    amount_minor = await steps.amount(terminal, title, "sale")
    order = await steps.order_number(terminal, title)
    approver = await terminal.enter("approval", "need_for_sale", "sale", amount_minor)
    await steps.confirm_amount(terminal, title, amount_minor)
    draws = hasattr(ui.screen.display, "dots")
    if not draws:
        await _need_printer(terminal)
    slip = await steps.need_paper(terminal)
    await steps.need_signed_on(terminal)
    on_paper = not draws
    if draws and slip and terminal.print_mode() == "ask":
        on_paper = await confirm.ask(ui, ui.t("ask_qr_paper"))
    now = terminal.clock.now()
    more = {"order": order, "approver": approver}
    return (
        "qr_wait",
        transaction.make("sale", amount_minor, "", "shown", terminal.operator, now, **more),
        slip,
        on_paper,
    )


async def _need_printer(terminal):
    """This display cannot draw the code, so it can only be shown on paper. Raises Cancelled."""
    ui = terminal.ui
    await terminal.tell("qr_paper_only")
    flags = await terminal.printer.status()
    while flags:
        if not await confirm.ask(ui, ui.t(printer_text(flags))):
            raise Cancelled()
        flags = await terminal.printer.status()
