"""A payment service switched off, removed or on again: the host's leave for it. What holds then, its parameters say."""

from pos.iso8583 import services as messages
from pos.link.request import ask_host, follow


async def change(exchange, service, action, reason, approver):
    """Asks the host. service, action: of domain.services; reason: two digits; approver: operator number. Outcome:
    approved, declined, failed (it may have been done: the parameters say so), not_sent."""
    journal = exchange.journal
    request = messages.service(
        exchange.identity, journal.free_trace(), journal.state["batch"], exchange.operator,
        service, action, reason, approver,
    )  # fmt: skip
    answer, result = await ask_host(exchange, request)
    if answer is not None:
        await follow(exchange, result["code"])
    return result
