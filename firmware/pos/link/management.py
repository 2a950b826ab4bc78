"""Requests that move no money: sign-on, parameters, sign-off, echo. Loaded by the exchange when needed."""

from pos.domain import parameters
from pos.domain.calendar import dated
from pos.domain.trace import ahead, next_trace
from pos.iso8583 import messages
from pos.journal.errors import JournalError
from pos.link.errors import LinkError
from pos.link.exchange import outcome
from pos.link.request import ask_host, pack


async def sign_on(exchange, operator):
    """See Exchange.sign_on."""
    exchange.working_key = None
    state = exchange.journal.state
    request = messages.sign_on(exchange.identity, exchange.journal.free_trace(), state["batch"], operator)
    answer, result = await ask_host(exchange, request)
    if answer is None or result["code"] != "00":
        if answer:
            _count_refusal(exchange, result["code"])
        return result
    exchange.sign_ons_refused = 0
    key = _working_key(exchange.master_key, answer)
    batch = answer.get(60, "")[2:8]
    if key is None or len(batch) != 6:
        return outcome("failed", None, "00", "key")
    # A settlement whose last answer was lost: the host is one ahead, and the settlement will find that out.
    closing = state["settling"] and int(batch) == next_trace(state["batch"])
    if int(batch) != state["batch"] and not closing:
        try:
            # The old batch's totals stay on record: nothing else keeps them.
            closed = {"closed": state["batch"], "totals": state["totals"]}
            exchange.journal.append(dict(closed, kind="batch", batch=int(batch)))
        except JournalError:
            return outcome("failed", None, "00", "storage")
    exchange.working_key = key
    exchange.operator = operator
    _set_clock(exchange, answer)
    return result


def _count_refusal(exchange, code):
    from pos.domain.settling import LATER

    if code not in LATER:
        exchange.sign_ons_refused += 1


async def fetch_parameters(exchange):
    """See Exchange.fetch_parameters."""
    if not exchange.signed_on:
        return outcome("not_sent", None, None, "signed_off")
    result = await _fetch(exchange)
    if result["result"] not in ("approved", "declined"):
        # With a lost journal only the host knows which trace numbers were used: a sale must not take one of them.
        exchange.working_key = None
    return result


async def _fetch(exchange):
    journal = exchange.journal
    request = messages.parameters(exchange.identity, journal.free_trace(), journal.state["batch"])
    answer, result = await ask_host(exchange, request)
    if answer is None or result["code"] != "00":
        return result
    try:
        received = messages.read_parameters(answer.get(62, b""))
    except ValueError:
        return outcome("failed", None, "00", "garbage")
    parameters.apply(exchange.parameters, received)
    highest = exchange.parameters["highest_trace"]
    try:
        if highest and ahead(journal.highest_trace(), highest):
            journal.append({"kind": "trace", "trace": highest})
    except JournalError:
        return outcome("failed", None, "00", "storage")
    now = exchange.clock.now()
    if now:
        exchange.clock.set((exchange.parameters["year"],) + tuple(now[1:6]))
    return result


async def sign_off(exchange):
    """See Exchange.sign_off."""
    if not exchange.signed_on:
        return outcome("not_sent", None, None, "signed_off")
    journal = exchange.journal
    request = messages.sign_off(exchange.identity, journal.free_trace(), journal.state["batch"])
    _answer, result = await ask_host(exchange, request)
    exchange.working_key = None
    exchange.operator = None
    exchange.channel.close()
    return result


async def echo(exchange):
    """See Exchange.echo."""
    journal = exchange.journal
    request = messages.echo(exchange.identity, journal.free_trace(), journal.state["batch"])
    if exchange.signed_on:
        return (await ask_host(exchange, request))[1]
    try:
        await exchange.channel.begin(pack(exchange, request))
    except LinkError as error:
        return outcome("not_sent", None, None, error.kind)
    exchange.channel.close()
    return outcome("approved")


def _working_key(master_key, answer):
    from pos.security import keyblock

    try:
        return keyblock.unwrap(master_key, answer.get(62, b""))
    except keyblock.KeyBlockError:
        return None


def _set_clock(exchange, answer):
    """Sets the terminal's clock from time and date; the year is the clock's own, a parameter before it was ever set."""
    time, date = answer.get(12, ""), answer.get(13, "")
    if len(time) != 6 or len(date) != 4 or not 1 <= int(date[:2]) <= 12 or not 1 <= int(date[2:]) <= 31:
        return
    hour, minute, second = int(time[:2]), int(time[2:4]), int(time[4:])
    if hour < 24 and minute < 60 and second < 60:
        now = exchange.clock.now()
        year = int(dated("{:04d}{:02d}".format(now[0], now[1]), date)[:4]) if now else exchange.parameters["year"]
        exchange.clock.set((year, int(date[:2]), int(date[2:]), hour, minute, second))
