"""The supervisor's try to undo a sale whose reversal was tried too often (冲正)."""

from pos.flows import answers


async def run(terminal):
    exchange = terminal.exchange
    pending = terminal.journal.state["pending"]
    if not pending:
        await terminal.tell("pending_none")
        return
    terminal.audit("reversal_retried")
    done = await answers.wait_for(terminal, exchange.resolve_pending(forced=True), "pending_busy")
    await answers.tell(terminal, pending, "pending_done" if done else "pending_still")
