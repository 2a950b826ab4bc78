"""Who allows it: the operator's own PIN, or the supervisor's where the operator may not do it alone (R17).

Entered as a flow, so that it is gone before the transaction goes on; and the operators' file, with all its code, goes
before a word is written about it."""

from micropython import const

from pos import loading
from pos.domain import limits, operators
from pos.domain.money import format_minor
from pos.ui.leave import Cancelled

_SUPERVISOR = const("00")


async def run(terminal, how, *arguments):
    """how: name of one of the four functions below, with its arguments after the terminal."""
    return await _HOW[how](terminal, *arguments)


async def need(terminal, right, kind=None, amount_minor=0):
    """A PIN for something that always needs one -> number of the operator whose PIN it was: of whoever is logged in
    when the right and the limits (of transactions of that kind) allow it, else of the supervisor, asked on the spot.

    Raises Cancelled, the reason having been shown, and IdleTimeout."""
    if await _must_ask(terminal, right, kind, amount_minor):
        return await supervisor(terminal, right, amount_minor)
    await _prove(terminal, terminal.operator)
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
        await _prove(terminal, terminal.operator)
    return ""


async def supervisor(terminal, right="", amount_minor=0):
    """Asks for the supervisor's PIN, which the lock-out counts -> the supervisor's number; an audit line says who asked
    for what. Raises Cancelled, IdleTimeout."""
    with _Look(terminal):
        refusal = _refusal(terminal.staff)
    if refusal:
        await terminal.tell(refusal)
        raise Cancelled()
    await _prove(terminal, _SUPERVISOR, "title_approval", "prompt_approval")
    terminal.audit("approved", right=right, approver=_SUPERVISOR, amount_minor=amount_minor)
    return _SUPERVISOR


def _refusal(staff):
    """Why there is no supervisor to ask, "" when there is one."""
    if _SUPERVISOR not in staff.numbers():
        return "approval_nobody"
    return "approval_first_pin" if staff.is_first(_SUPERVISOR) else ""


async def _must_ask(terminal, right, kind, amount_minor):
    """Whether the supervisor must be asked. Raises Cancelled where nobody at this terminal can allow it."""
    with _Look(terminal):
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


async def _prove(terminal, *who):
    """See pins.prove."""
    with _Look(terminal):
        from pos.flows import pins

        await pins.prove(terminal, *who)


class _Look:
    """A look into the operators' file, which is gone afterwards, with all its code."""

    def __init__(self, terminal):
        self._parts = terminal.parts
        self._scope = loading.Scope()

    def __enter__(self):
        self._scope.__enter__()

    def __exit__(self, *what):
        self._parts.let_go()
        self._scope.__exit__(*what)


_HOW = {"need": need, "need_above": need_above, "need_for_sale": need_for_sale, "supervisor": supervisor}
