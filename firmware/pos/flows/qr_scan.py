"""Sale by the customer's QR code (扫码收款): the amount, the code, the confirmation; then authorise.py and slips.py."""

from micropython import const

from pos.domain import qr_codes, transaction
from pos.flows import steps
from pos.ui import digits
from pos.ui.leave import Cancelled

_TRIES_MAX = const(3)


async def run(terminal):
    """Returns the question to the host as the next flow."""
    return await steps.entered(terminal, "sale", _enter(terminal))


async def _enter(terminal):
    title = terminal.ui.t("title_qr")
    await steps.need_service(terminal, "qr")
    await steps.need_room(terminal)
    amount_minor = await steps.amount(terminal, title, "sale")
    order = await steps.order_number(terminal, title)
    code = await _code(terminal, title)
    approver = await terminal.enter("approval", "need_for_sale", "sale", amount_minor)
    await steps.confirm_amount(terminal, title, amount_minor, code)
    slip = await steps.need_paper(terminal)
    await steps.need_signed_on(terminal)
    now = terminal.clock.now()
    more = {"qr": code, "order": order, "approver": approver}
    return ("authorise", transaction.make("sale", amount_minor, "", "qr", terminal.operator, now, **more), slip)


async def _code(terminal, title):
    """The code's digits, scanned or keyed. Raises Cancelled, IdleTimeout."""

    async def ask(scans):
        return await _ask(terminal, title, scans)

    return await steps.while_reading(terminal, "scanner", True, ask)


async def _ask(terminal, title, scans):
    prompt = terminal.ui.t("prompt_qr" if scans else "prompt_qr_keyed")
    for _ in range(_TRIES_MAX):
        _, code = await digits.enter(
            terminal.ui, title, prompt, qr_codes.DIGITS_MAX, qr_codes.DIGITS_MIN, scan_ok=scans
        )
        refusal = qr_codes.refusal(code)
        if not refusal:
            return code
        await terminal.tell("qr_" + refusal)
    raise Cancelled()
