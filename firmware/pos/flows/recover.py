"""What a power cut or a silent host left over: the pending reversal goes out, an approved sale gets its slip."""

from pos.domain.money import format_minor
from pos.flows import answers


async def run(terminal, at_start):
    """Quiet when there is nothing to do. Slips are only made up for at start: later they were put off on purpose."""
    await _settle_pending(terminal)
    tx = terminal.journal.unprinted()
    if at_start and tx:
        from pos.flows import slips

        ui = terminal.ui
        await terminal.tell("reprint_wait")
        ui.draw(ui.t("approved", amount=format_minor(tx["amount_minor"]), trace="{:06d}".format(tx["trace"])))
        await slips.run(terminal, tx)


async def _settle_pending(terminal):
    if not terminal.journal.state["pending"]:
        return
    exchange = terminal.exchange
    if exchange.blocked:
        await terminal.tell("blocked")
        return
    done = await answers.wait_for(terminal, exchange.resolve_pending(), "pending_busy")
    await terminal.tell("pending_done" if done else "blocked" if exchange.blocked else "pending_still")
