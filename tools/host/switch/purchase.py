"""Sale and balance query: message type 0200."""

from tools.host.ledger import book
from tools.host.ledger.book import Line
from tools.host.switch import codes, records, rules
from tools.host.switch.case import Answer, Reject

ACCOUNT_TYPE, AVAILABLE = "00", "02"


def sale(case, _keystore):
    """Moves the amount from the card's account to the merchant's."""
    return _once(case, rules.SALE)


def balance(case, _keystore):
    """Tells the card's balance; moves nothing."""
    return _once(case, rules.BALANCE)


def _once(case, service):
    repeated = records.find(case, case.batch, case.trace, case.mti)
    if repeated:
        return _repeat(case, repeated)
    # A request that is refused here is not stored: its batch number may come again, and then it is another request.
    if case.batch != case.terminal["batch"]:
        raise Reject(codes.BATCH_DIFFERS, f"batch {case.terminal['batch']} expected")
    code, _ = (codes.LATE, "reversed before it came") if records.reversed_before(case) else _decide(case, service)
    transaction_id = records.claim(case)
    fields = case.answer_fields(code, f37=records.reference(case, transaction_id))
    if code == codes.APPROVED:
        left_minor = case.account["balance_minor"]
        if service == rules.SALE:
            left_minor = _move(case, transaction_id)
            fields[38] = records.authorisation_code(transaction_id)
        fields[54] = balance_field(left_minor)
    records.complete(case, transaction_id, fields)
    return Answer(case.mti, fields, case.mac)


def _decide(case, service):
    case.account = book.find_account(case.unit, case.card)
    return rules.decide(case, service)


def _repeat(case, row):
    same = (row["card"], row["amount_minor"], row["processing_code"]) == (case.card, case.amount_minor, case.fields[3])
    if not same:
        raise Reject(codes.DUPLICATE, "trace number used for another request")
    if row["reversed_by"]:
        # "Approved" was the first answer and is not true any more; the money went back.
        raise Reject(codes.LATE, "reversed since")
    return Answer(case.mti, records.first_answer(row), case.mac)


def _move(case, transaction_id):
    card, merchant = case.account["id"], case.terminal["merchant_account_id"]
    moved = [Line(card, -case.amount_minor), Line(merchant, case.amount_minor)]
    return book.post(case.unit, "sale", moved, case.now_ms, transaction_id)[card]


def balance_field(amount_minor):
    """Field 54: account type, amount type, currency, sign, 12 digits."""
    sign = "D" if amount_minor < 0 else "C"
    return f"{ACCOUNT_TYPE}{AVAILABLE}{rules.CURRENCY}{sign}{abs(amount_minor):012d}"
