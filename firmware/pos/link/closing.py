"""The last message of a settlement, and the record that keeps the batch and begins the next."""

from micropython import const

from pos.domain import settling
from pos.domain.calendar import dated
from pos.domain.trace import next_trace
from pos.iso8583 import settlement as messages
from pos.link.exchange import outcome
from pos.link.request import follow
from pos.link.settlement import ask_again

_FEES_MAX = const(8)  # as many as there are kinds; more would not fit the journal's line


async def end(exchange, total):
    state = exchange.journal.state
    equal = state["settling"]["result"] == settling.EQUAL
    if not equal:
        total = state["settling"]["uploaded"]

    def request(trace):
        return messages.end(exchange.identity, trace, state["batch"], equal, total, exchange.operator)

    answer, result = await ask_again(exchange, request)
    if answer is None:
        return result
    close(exchange, answer)
    await follow(exchange, "00")
    return outcome("approved")


def close(exchange, answer):
    """The host has closed the batch: one record keeps it and begins the next."""
    state = exchange.journal.state
    try:
        fees, net_minor = messages.read_fees(answer.get(62, b""))
    except ValueError:
        fees, net_minor = [], None  # lines of a slip; the batch is closed all the same
    fees = fees[:_FEES_MAX]
    if net_minor is None:
        gross_minor, fee_minor = settling.gross_and_fee(fees)
        net_minor = gross_minor - fee_minor
    year, month, day, hour, minute, second = exchange.clock.now() or (exchange.parameters["year"], 1, 1, 0, 0, 0)
    date = "{:04d}{:02d}{:02d}".format(year, month, day)
    record = {
        "kind": "settled",
        "batch": state["batch"],
        "next": next_trace(state["batch"]),  # six digits as well, and round after the same number
        "totals": state["totals"],
        "fees": fees,
        "net_minor": net_minor,
        "result": state["settling"]["result"],
        "operator": exchange.operator,
        "date": dated(date, answer[13]) if 13 in answer else date,
        "time": answer.get(12, "{:02d}{:02d}{:02d}".format(hour, minute, second)),
    }
    exchange.journal.append(record)
