"""What an account holds: asked like a payment, and moves no money. Loaded by the exchange when needed."""

from pos.iso8583 import messages
from pos.link.exchange import outcome
from pos.link.request import ask_host, follow


async def query(exchange, tx):
    """See Exchange.balance."""
    tx["trace"] = exchange.journal.free_trace()
    tx["batch"] = exchange.journal.state["batch"]
    answer, result = await ask_host(exchange, messages.request(tx, exchange.identity))
    result["tx"] = tx
    if answer is None:
        return result
    tx["code"] = result["code"]
    tx["state"] = result["result"]
    if result["code"] == "00":
        try:
            tx["balance_minor"] = messages.read_balance(answer.get(54, ""))
        except ValueError:
            return outcome("failed", tx, "00", "garbage")
    await follow(exchange, result["code"])
    return result
