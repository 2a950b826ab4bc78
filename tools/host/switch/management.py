"""Sign-on, parameters, echo, sign-off; and the refusal of what this host does not know."""

from sqlalchemy import bindparam, update

from tools.host.iso import parameters as items
from tools.host.store.schema import terminals
from tools.host.switch import codes, directory, services
from tools.host.switch.case import Answer, Reject
from tools.host.switch.conditions import must_be_open, must_be_this_batch

_OFFER = (
    update(terminals)
    .where(terminals.c.id == bindparam("terminal"))
    .values(mac_key_offered=bindparam("offered"), operator=bindparam("signed_on"), last_seen_ms=bindparam("at_ms"))
)
_SIGN_OFF = (
    update(terminals)
    .where(terminals.c.id == bindparam("terminal"))
    .values(mac_key=None, mac_key_offered=None, operator=None)
)


def sign_on(case, keystore):
    """A fresh working key under the terminal's master key, the clock and the batch number. Not signed: no key yet."""
    must_be_open(case)
    terminal = case.terminal
    stored, for_terminal = keystore.new_working_key(terminal["master_key"])
    operator = case.operator if _is_operator(case.operator.strip()) else None
    case.unit.run(_OFFER, terminal=terminal["id"], offered=stored, signed_on=operator, at_ms=case.now_ms)
    fields = case.answer_fields(codes.APPROVED, f37=case.management_reference(), f62=for_terminal)
    fields[60] = f"00{terminal['batch']:06d}{case.management_code}"
    return _answer(case, fields)


def _is_operator(text):
    """Not signed yet, and others read it later (a list has commas between its values): letters and digits alone."""
    return text.isascii() and text.isalnum()


def download(case, _keystore):
    """The merchant's parameters, the year (field 13 has none) and the latest trace number seen in this batch."""
    must_be_open(case)
    must_be_this_batch(case)
    values = items.DEFAULTS | directory.parameters(case)
    values[items.MERCHANT_NAME] = case.terminal["merchant_name"]
    values[items.YEAR] = case.now.strftime("%Y")
    values[items.LAST_TRACE] = str(directory.later_trace(case.terminal["last_trace"], case.trace))
    values[items.SERVICES], values[items.OFF_SERVICES] = services.told(case.unit, case.terminal["merchant_id"])
    fields = case.answer_fields(codes.APPROVED, f37=case.management_reference(), f62=items.encode(values))
    return _answer(case, fields)


def echo(case, _keystore):
    """The link, both keys and the database work."""
    return _answer(case, case.answer_fields(codes.APPROVED, f37=case.management_reference()))


def sign_off(case, _keystore):
    """Ends the use of the working key; what comes after needs a sign-on."""
    case.unit.run(_SIGN_OFF, terminal=case.terminal["id"])
    return _answer(case, case.answer_fields(codes.APPROVED, f37=case.management_reference()))


def unknown(_case, _keystore):
    """A kind of request that this host does not have."""
    raise Reject(codes.NOT_SUPPORTED, "kind of request not known")


def wrong_type(_case, _keystore):
    """A message type and processing code with a type in field 60 that they do not go with."""
    raise Reject(codes.INVALID, "transaction type")


def _answer(case, fields):
    return Answer(case.mti, fields, case.mac)
