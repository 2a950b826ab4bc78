"""A financial request's way, the same for every kind: a repeat gets its first answer, a new one is judged once.

`judge` is case -> (code, reason) and sets case.account; `act` is (case, transaction id) -> more answer fields, called
when the code is 00.
"""

from tools.host.ledger import book
from tools.host.switch import codes, records, rules
from tools.host.switch.case import Answer, Reject

ACCOUNT_TYPE, AVAILABLE = "00", "02"


def once(case, kind, judge, act):
    """The Answer, stored with everything that it says before it is given."""
    case.kind = kind
    repeated = records.find(case, case.batch, case.trace, case.mti)
    if repeated:
        return _repeat(case, repeated)
    # A request that is refused here is not stored: its batch number may come again, and then it is another request.
    if case.batch != case.terminal["batch"]:
        raise Reject(codes.BATCH_DIFFERS, f"batch {case.terminal['batch']} expected")
    code, _ = (codes.LATE, "reversed before it came") if records.reversed_before(case) else judge(case)
    transaction_id = records.claim(case)
    fields = case.answer_fields(code, f37=records.reference(case, transaction_id))
    if code == codes.APPROVED:
        fields |= act(case, transaction_id)
    records.complete(case, transaction_id, fields)
    return Answer(case.mti, fields, case.mac)


def _repeat(case, row):
    if not records.same(case, row):
        raise Reject(codes.DUPLICATE, "trace number used for another request")
    if row["reversed_by"]:
        # "Approved" was the first answer and is not true any more; what it did was undone.
        raise Reject(codes.LATE, "reversed since")
    return Answer(case.mti, records.first_answer(row), case.mac)


def available_now_minor(case):
    """What the account may spend after what this request has done so far."""
    return book.available_minor(book.account_row(case.unit, case.account["id"]))


def balance_field(amount_minor):
    """Field 54: account type, amount type (available), currency, sign, 12 digits."""
    sign = "D" if amount_minor < 0 else "C"
    return f"{ACCOUNT_TYPE}{AVAILABLE}{rules.CURRENCY}{sign}{abs(amount_minor):012d}"
