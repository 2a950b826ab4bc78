"""Reversal of a sale: message type 0400. Undoes the original once, whether it came, was declined, or is yet to come.

Merchant closed, terminal disabled, card frozen: none of it stops a reversal, for it only puts right what was done.
"""

from tools.host.ledger import book
from tools.host.ledger.book import Line
from tools.host.switch import codes, records
from tools.host.switch.case import Answer, Reject

ORIGINAL_MTI = "0200"
BATCH_DIGITS, TRACE_DIGITS = 6, 6


def reversal(case, _keystore):
    """00 when money went back, 12 when there was nothing to take back, 25 when the original is not here (yet)."""
    original = _original_key(case)
    repeated = records.find(case, case.batch, case.trace, case.mti)
    if repeated:
        return _repeat(case, repeated, original)
    row = records.find(case, *original, ORIGINAL_MTI)
    if row and not _same_payment(case, row):
        # Not stored: the right reversal may still come under this number.
        raise Reject(codes.DIFFERS_FROM_ORIGINAL, "card, amount or type differs from the original")
    transaction_id = records.claim(case, original)
    code = _undo(case, row, transaction_id)
    fields = case.answer_fields(code, f37=records.reference(case, transaction_id))
    records.complete(case, transaction_id, fields)
    return Answer(case.mti, fields, case.mac)


def _undo(case, row, transaction_id):
    if row is None:
        return codes.ORIGINAL_NOT_FOUND
    if row["code"] != codes.APPROVED or not records.mark_reversed(case, row["id"], transaction_id):
        return codes.INVALID
    back = [Line(line.account_id, -line.amount_minor) for line in book.lines_of(case.unit, row["id"])]
    book.post(case.unit, "reversal", back, case.now_ms, transaction_id)
    return codes.APPROVED


def _repeat(case, row, original):
    if not _same_payment(case, row) or (row["original_batch"], row["original_trace"]) != original:
        raise Reject(codes.DUPLICATE, "trace number used for another reversal")
    return Answer(case.mti, records.first_answer(row), case.mac)


def _same_payment(case, row):
    return (row["card"], row["amount_minor"], row["processing_code"]) == (case.card, case.amount_minor, case.fields[3])


def _original_key(case):
    digits = case.fields[61]
    return int(digits[:BATCH_DIGITS]), int(digits[BATCH_DIGITS : BATCH_DIGITS + TRACE_DIGITS])
