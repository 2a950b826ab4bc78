"""What a void, a refund or a completion refers to: finding it, and every reason why it cannot be done.

The original is found by the host's reference (field 37) among the merchant's transactions; what else the request says
of it (batch, trace number, date, account number, authorisation code) must agree, where it says it.
"""

from sqlalchemy import bindparam, select

from tools.host.iso.parameters import PREAUTH_PERCENT, VOID_HOURS
from tools.host.ledger import book, holds
from tools.host.store.schema import terminals, transactions
from tools.host.switch import codes, records, rules
from tools.host.switch.case import NO_DATE
from tools.host.switch.kinds import COMPLETION, PREAUTH_VOID, REFERRING, REFERS_TO, REFUND, VOIDS
from tools.host.switch.rules import Rule

HOUR_MS = 3_600_000

_BY_REFERENCE = (
    select(transactions)
    .join(terminals, terminals.c.id == transactions.c.terminal_id)
    .where(terminals.c.merchant_id == bindparam("merchant"), transactions.c.reference == bindparam("with_reference"))
)


def judge(case):
    """(code, reason) of a request that refers to another; sets case.original, and once it is the one meant its account.

    So the answer to a guess tells nobody's account number.
    """
    for table, then in ((rules.REQUEST, _find), (IDENTITY, _look_up), (STATE, None)):
        code, reason = rules.first(case, table)
        if code != codes.APPROVED:
            return code, reason
        if then:
            then(case)
    return codes.APPROVED, ""


def _find(case):
    merchant = case.terminal["merchant_id"]
    case.original = case.unit.one(_BY_REFERENCE, merchant=merchant, with_reference=case.fields[37])


def _look_up(case):
    account = book.find_account(case.unit, case.original["card"])
    case.account = account and holds.refreshed(case.unit, account, case.now_ms)
    case.hold = holds.of(case.unit, case.original["id"])


def _differs(case):
    """Batch and trace number, date, account number: 0 or nothing where the terminal does not know."""
    batch, trace = case.original_key
    date = case.original_date
    said = (
        (batch, case.original["batch"]),
        (trace, case.original["trace"]),
        (case.card, case.original["card"]),
        ("" if date == NO_DATE else date, records.first_answer(case.original)[13]),
    )
    return any(one and one != other for one, other in said)


def _authorisation_differs(case):
    return case.fields.get(38) != records.first_answer(case.original).get(38)


def _elsewhere(case):
    return case.original["terminal_id"] != case.terminal["id"]


def _nothing_there(case):
    return case.original["code"] != codes.APPROVED or case.original["reversed_by"] is not None


def _too_late(case):
    hours = rules.number_parameter(case, VOID_HOURS)
    return bool(hours) and case.now_ms - case.original["received_ms"] > hours * HOUR_MS


def _other_amount(case):
    return case.amount_minor != case.original["amount_minor"]


def _above_what_is_left(case):
    return case.original["refunded_minor"] + case.amount_minor > case.original["amount_minor"]


def _above_the_percent(case):
    percent = rules.number_parameter(case, PREAUTH_PERCENT)
    return case.amount_minor * 100 > case.original["amount_minor"] * percent


def _not_enough_beside_the_hold(case):
    return book.available_minor(case.account) + case.hold["amount_minor"] < case.amount_minor


HELD = (COMPLETION, PREAUTH_VOID)
IDENTITY = (
    Rule(codes.ORIGINAL_NOT_FOUND, "no such reference", REFERRING, lambda c: c.original is None),
    Rule(codes.ORIGINAL_NOT_FOUND, "of another terminal", VOIDS, _elsewhere),
    Rule(codes.ORIGINAL_NOT_FOUND, "field 61 or card", REFERRING, _differs),
    Rule(codes.ORIGINAL_NOT_FOUND, "authorisation code", HELD, _authorisation_differs),
)
STATE = (
    Rule(codes.INVALID, "kind", REFERRING, lambda c: c.original["kind"] not in REFERS_TO[c.kind]),
    Rule(codes.INVALID, "declined or reversed", REFERRING, _nothing_there),
    Rule(codes.INVALID, "voided", REFERRING, lambda c: c.original["voided_by"] is not None),
    Rule(codes.SETTLED, "settled", VOIDS, lambda c: c.original["batch"] != c.terminal["batch"]),
    Rule(codes.INVALID, "refunded in part", VOIDS, lambda c: c.original["refunded_minor"] > 0),
    Rule(codes.INVALID, "completed", HELD, lambda c: c.hold["state"] == holds.COMPLETED),
    Rule(codes.LATE, "hold expired", HELD, lambda c: c.hold["expires_ms"] <= c.now_ms),
    Rule(codes.DIFFERS_FROM_ORIGINAL, "amount", (*VOIDS, PREAUTH_VOID), _other_amount),
    Rule(codes.OVER_LIMIT, "more than is left", (REFUND,), _above_what_is_left),
    Rule(codes.OVER_LIMIT, "more than the percent", (COMPLETION,), _above_the_percent),
    Rule(codes.LATE, "time limit", VOIDS, _too_late),
    # A frozen, blocked or expired card still gets its money back, and pays what was promised; a closed one cannot.
    Rule(codes.NO_SUCH_CARD, "account closed", REFERRING, lambda c: c.account["status"] == "closed"),
    Rule(codes.NOT_ENOUGH_MONEY, "beside the hold", (COMPLETION,), _not_enough_beside_the_hold),
)
