"""Completion of a pre-authorisation (预授权完成, R63): the money moves, up to what is held or a little above it."""

from pos.domain import correction, transaction
from pos.domain.money import format_minor
from pos.flows import steps


async def run(terminal, original=None):
    """Returns the question to the host as the next flow. original: the pre-authorisation, when it is known already."""
    return await steps.entered(terminal, "completion", _enter(terminal, original))


async def _enter(terminal, original):
    ui = terminal.ui
    title = ui.t("title_completion")
    parameters = terminal.parameters
    await steps.need_service(terminal, "preauth")
    await steps.need_signed_on(terminal)
    original, _ = await steps.original(
        terminal, "completion", "no_void_", lambda found: _why_not(terminal, found), original
    )
    most_minor, about = None, ""  # held by another terminal: the host knows how much
    if "trace" in original:
        held_minor = original["amount_minor"]
        most_minor = correction.completion_limit_minor(held_minor, parameters["preauth_percent"])
        about = ui.t("amount_held", amount=format_minor(held_minor))
    amount_minor = await steps.amount(terminal, title, "completion", "", most_minor, about)
    approver = await terminal.enter("approval", "need_for_sale", "completion", amount_minor)
    await steps.confirm_amount(terminal, title, amount_minor, original["card"])
    slip = await steps.need_paper(terminal)
    operator, now = terminal.operator, terminal.clock.now()
    tx = transaction.correct("completion", original, amount_minor, operator, now, approver=approver)
    return ("authorise", tx, slip)


def _why_not(terminal, original):
    if original and "trace" not in original:
        return None
    return correction.why_not_hold(original, terminal.clock.now(), terminal.parameters["preauth_days"])
