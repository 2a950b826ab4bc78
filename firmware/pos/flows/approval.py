"""Who allows it: the operator's own PIN, or the supervisor's where the operator may not do it alone (R17)."""

from micropython import const

from pos.domain import limits, operators
from pos.domain.money import format_minor
from pos.flows import pins
from pos.ui.leave import Cancelled

_SUPERVISOR = const("00")


async def need(terminal, right, kind=None, amount_minor=0):
    """A PIN for something that always needs one -> number of the operator whose PIN it was: of whoever is logged in
    when the right and the limits (of transactions of that kind) allow it, else of the supervisor, asked on the spot.

    Raises Cancelled, the reason having been shown, and IdleTimeout."""
    if await _must_ask(terminal, right, kind, amount_minor):
        return await supervisor(terminal, right, amount_minor)
    await pins.prove_operator(terminal)
    return terminal.operator


async def need_above(terminal, right, kind, amount_minor):
    """As need, where nothing is asked within right and limits: "" then, else the number of the supervisor."""
    if await _must_ask(terminal, right, kind, amount_minor):
        return await supervisor(terminal, right, amount_minor)
    return ""


async def need_for_sale(terminal, kind, amount_minor):
    """As need_above, for what takes money; and the transaction password where the settings ask for it (R5)."""
    approver = await need_above(terminal, kind, kind, amount_minor)
    if approver or not terminal.settings["transaction_password"]:
        return approver
    if amount_minor > terminal.parameters["password_above_minor"]:
        await pins.prove_operator(terminal)
    return ""


async def supervisor(terminal, right="", amount_minor=0):
    """Asks for the supervisor's PIN, which the lock-out counts -> the supervisor's number; an audit line says who asked
    for what. Raises Cancelled, IdleTimeout."""
    staff = terminal.staff
    if _SUPERVISOR not in staff.numbers():
        await terminal.tell("approval_nobody")
        raise Cancelled()
    if staff.is_first(_SUPERVISOR):
        await terminal.tell("approval_first_pin")
        raise Cancelled()
    await pins.prove(terminal, _SUPERVISOR, "title_approval", "prompt_approval")
    terminal.audit("approved", right=right, approver=_SUPERVISOR, amount_minor=amount_minor)
    return _SUPERVISOR


async def _must_ask(terminal, right, kind, amount_minor):
    """Whether the supervisor must be asked. Raises Cancelled where nobody at this terminal can allow it."""
    how = terminal.how(right)
    if how == operators.NEVER:
        await terminal.tell("no_right")
        raise Cancelled()
    if kind is None:
        return how == operators.APPROVED
    most_minor = limits.limit(terminal.parameters, kind, operators.SUPERVISOR)
    if most_minor is not None and amount_minor > most_minor:
        await terminal.tell("above_limit", limit=format_minor(most_minor))
        raise Cancelled()
    own_minor = limits.limit(terminal.parameters, kind, operators.role(terminal.operator))
    return how == operators.APPROVED or (own_minor is not None and amount_minor > own_minor)
