"""Sign-on (签到): working key, clock, batch number, then the host's parameters."""

from pos.flows import answers


async def run(terminal):
    """True when the terminal is signed on; otherwise the reason was shown."""
    exchange = terminal.exchange
    outcome = await answers.wait_for(terminal, exchange.sign_on(terminal.operator), "signing_on")
    if outcome["result"] != "approved":
        await answers.say_not_approved(terminal, outcome, "sign_on_failed")
        return False
    if terminal.journal.state["settling"]:
        # The host may be a batch ahead already, and has no parameters for the old one.
        await terminal.enter("settle", True)
    fetched = await answers.wait_for(terminal, exchange.fetch_parameters(), "parameters_busy")
    if fetched["result"] == "approved":
        terminal.keep_parameters()
        if terminal.journal.state["removing"]:
            await terminal.enter("service_check", True)
    elif exchange.signed_on:
        await terminal.tell("parameters_failed")
    else:
        await answers.say_not_approved(terminal, fetched, "sign_on_failed")
    return exchange.signed_on
