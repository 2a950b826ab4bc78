"""Who is calling: merchant and terminal by number, and the proof that it is that terminal."""

from sqlalchemy import bindparam, func, select, update

from tools.host.iso.message import MAC_FIELD
from tools.host.ledger import book
from tools.host.store.schema import merchant_parameters, merchant_services, merchants, terminals
from tools.host.switch import codes
from tools.host.switch.case import Reject

TRACE_MAX = 999_999

# Locked until the transaction ends: whatever one merchant's terminals do, they do one after the other.
_MERCHANT = select(merchants.c.id).where(merchants.c.number == bindparam("number")).with_for_update(key_share=True)
_MERCHANTS = (
    select(merchants.c.id)
    .where(merchants.c.number == func.any(bindparam("numbers")))
    .order_by(merchants.c.id)
    .with_for_update(key_share=True)
)
_TERMINAL = (
    select(
        terminals,
        merchants.c.status.label("merchant_status"),
        merchants.c.name.label("merchant_name"),
        merchants.c.number.label("merchant_number"),
        merchants.c.account_id.label("merchant_account_id"),
    )
    .join(merchants, merchants.c.id == terminals.c.merchant_id)
    .where(terminals.c.number == bindparam("number"), terminals.c.merchant_id == bindparam("merchant"))
)
_SEEN = (
    update(terminals)
    .where(terminals.c.id == bindparam("terminal"))
    .values(
        mac_key=bindparam("new_mac_key"),
        mac_key_offered=bindparam("new_offered"),
        last_seen_ms=bindparam("at_ms"),
        last_trace=bindparam("trace"),
    )
)
_SERVICE = select(merchant_services.c.enabled).where(
    merchant_services.c.merchant_id == bindparam("merchant"), merchant_services.c.service == bindparam("service")
)
_PARAMETER = select(merchant_parameters.c.value).where(
    merchant_parameters.c.merchant_id == bindparam("merchant"), merchant_parameters.c.tag == bindparam("tag")
)
_PARAMETERS = select(merchant_parameters.c.tag, merchant_parameters.c.value).where(
    merchant_parameters.c.merchant_id == bindparam("merchant")
)


def lock(unit, messages):
    """Locks what these requests name, merchants and then cards, each in the order of their ids.

    Nothing to do where nobody else writes. What a request finds later (a voided sale's card) it locks by itself.
    """
    if unit.shared:
        unit.run(_MERCHANTS, numbers=_named(messages, 42))
        book.lock_cards(unit, _named(messages, 2))


def identify(case):
    """Sets case.terminal; Reject 03 or 97 when field 42 or 41 is not known here."""
    merchant = case.unit.one(_MERCHANT, number=case.fields[42])
    if merchant is None:
        raise Reject(codes.MERCHANT_UNKNOWN, "merchant not known")
    case.terminal = case.unit.one(_TERMINAL, number=case.fields[41], merchant=merchant["id"])
    if case.terminal is None:
        raise Reject(codes.TERMINAL_UNKNOWN, "terminal not known at this merchant")


def authenticate(case, data, keystore):
    """Checks field 64 over the message's bytes and sets case.mac; Reject 63 without it, A0 when it is wrong.

    The key that was offered at the last sign-on counts from the first message that uses it; until then the one before
    stays good. So neither a lost sign-on answer nor a sign-on that somebody else sent locks a terminal out.
    """
    terminal = case.terminal
    offered, current = terminal["mac_key_offered"], terminal["mac_key"]
    if not offered and not current:
        raise Reject(codes.MAC_WRONG, "not signed on")
    if MAC_FIELD not in case.fields:
        raise Reject(codes.SECURITY, "no field 64")
    code = bytes.fromhex(case.fields[MAC_FIELD])
    covered = data[: -len(code)]
    for key in (offered, current):
        if key and keystore.mac(key).verify(covered, code):
            case.mac = keystore.mac(key)
            _saw(case, key, offered if key != offered else None)
            return
    raise Reject(codes.MAC_WRONG, "wrong MAC")


def service_enabled(case, service):
    """True when the merchant has the service and it is switched on."""
    row = case.unit.one(_SERVICE, merchant=case.terminal["merchant_id"], service=service)
    return row is not None and bool(row["enabled"])


def parameter(case, tag):
    """One value that the merchant set, or None."""
    row = case.unit.one(_PARAMETER, merchant=case.terminal["merchant_id"], tag=tag)
    return row["value"] if row else None


def parameters(case):
    """{tag: value} that the merchant set."""
    return dict(tuple(row) for row in case.unit.run(_PARAMETERS, merchant=case.terminal["merchant_id"]))


def later_trace(seen, trace):
    """The later of two trace numbers, which begin again at 1 after 999999; a reversal's old number changes nothing."""
    if not seen or (trace - seen) % TRACE_MAX < TRACE_MAX // 2:
        return trace
    return seen


def _named(messages, field):
    """What a number can be: a byte that the database refuses must fail the one request, not all of them."""
    return sorted({message.fields[field] for message in messages if message.fields.get(field, "").isalnum()})


def _saw(case, key, still_offered):
    """Only an authenticated message gets here: a stranger cannot push the trace number on."""
    terminal = case.terminal
    trace = terminal["last_trace"]
    if case.batch == terminal["batch"]:
        trace = later_trace(trace, case.trace)
    case.unit.run(
        _SEEN,
        terminal=terminal["id"],
        new_mac_key=key,
        new_offered=still_offered,
        at_ms=case.now_ms,
        trace=trace,
    )
