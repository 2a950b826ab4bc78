"""A payment service switched off, removed or on again: the host's leave for it. What holds then, its parameters say."""

from pos.iso8583 import services as messages
from pos.link.request import ask_host, follow


async def change(exchange, service, action, reason, approver):
    """Asks the host. service, action: of domain.services; reason: two digits; approver: operator number. Outcome:
    approved, declined, failed (it may have been done: the parameters say so), not_sent."""
    journal = exchange.journal
    items = ((4, service), (6, action), (1, reason), (2, approver))
    items = ["{:02d}{:02d}{}".format(tag, len(value), value) for tag, value in items]
    request = messages.service(
        exchange.identity, journal.free_trace(), journal.state["batch"], exchange.operator, "".join(items)
    )
    answer, result = await ask_host(exchange, request)
    if answer is not None:
        await follow(exchange, result["code"])
    return result
