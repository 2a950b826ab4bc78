"""Reversal: message type 0400. Undoes its original once, whether that came, was declined, or is yet to come.

Merchant closed, terminal disabled, card frozen: none of it stops a reversal, for it only puts right what was done. Nor
does an empty account: the terminal believes that nothing happened, so nothing may have happened. What a void gave back
and the customer has spent since is lent by the issuer (README.md, "Reversal of a void").
"""

from tools.host.iso.message import masked
from tools.host.ledger import book, holds
from tools.host.ledger.book import Line
from tools.host.switch import alerts, codes, held, records
from tools.host.switch.case import Answer, Reject
from tools.host.switch.kinds import (
    COMPLETION,
    COMPLETION_VOID,
    OF_TYPE,
    PREAUTH,
    PREAUTH_VOID,
    REVERSAL,
    SALE,
    SHAPES,
    VOID,
)


def reversal(case, _keystore):
    """00 when it was undone, 12 when there is nothing to undo, 25 when the original is not here (yet). Whose account
    it is the original says: a code has no number, and a terminal that was set up anew cannot read the one it stored."""
    case.kind = REVERSAL
    key = case.original_key
    repeated = records.find(case, case.batch, case.trace, case.mti)
    if repeated:
        return _repeat(case, repeated, key)
    kind = OF_TYPE[case.transaction_type]
    row = records.find(case, *key, SHAPES[kind].mti)
    if row and not _same_request(case, row, kind):
        # Not stored: the right reversal may still come under this number.
        raise Reject(codes.DIFFERS_FROM_ORIGINAL, "card, amount or type differs from the original")
    case.original = row
    account = row and book.find_account(case.unit, row["card"])
    case.account = account and holds.refreshed(case.unit, account, case.now_ms)
    transaction_id = records.claim(case)
    code = _undo(case, row, transaction_id)
    fields = case.answer_fields(code, f37=records.reference(case, transaction_id))
    records.complete(case, transaction_id, fields)
    return Answer(case.mti, fields, case.mac)


def _undo(case, row, transaction_id):
    if row is None:
        return codes.ORIGINAL_NOT_FOUND
    hold = holds.of(case.unit, row["id"])
    used = hold is not None and hold["state"] == holds.COMPLETED
    if row["code"] != codes.APPROVED or used or not records.mark_reversed(case, row["id"], transaction_id):
        return codes.INVALID
    _UNDO[row["kind"]](case, row, transaction_id)
    return codes.APPROVED


def _sale(case, row, transaction_id):
    _post(case, _back_to_card(case, row), transaction_id)


def _void(case, row, transaction_id):
    records.unmark_voided(case, row)
    _post(case, _back_from_card(case, row), transaction_id)


def _preauth(case, row, _transaction_id):
    holds.end(case.unit, holds.of(case.unit, row["id"]), holds.RELEASED)


def _preauth_void(case, row, transaction_id):
    records.unmark_voided(case, row)
    _hold_again(case, row["original_id"], transaction_id, [])


def _completion(case, row, transaction_id):
    _hold_again(case, row["original_id"], transaction_id, _back_to_card(case, row))


def _completion_void(case, row, transaction_id):
    records.unmark_voided(case, row)
    completion = records.by_id(case, row["original_id"])
    held.renew(case, records.by_id(case, completion["original_id"]), 0)  # completed again: it holds nothing
    _post(case, _back_from_card(case, row), transaction_id)


_UNDO = {
    SALE: _sale,
    VOID: _void,
    PREAUTH: _preauth,
    PREAUTH_VOID: _preauth_void,
    COMPLETION: _completion,
    COMPLETION_VOID: _completion_void,
}


def _back_to_card(case, row):
    """Lines that undo a payment; what was refunded of it meanwhile (from the platform) has gone back already."""
    left_minor = row["amount_minor"] - row["refunded_minor"]
    if not left_minor:
        return []
    return [Line(case.account["id"], left_minor), Line(_merchant_account(case, row), -left_minor)]


def _back_from_card(case, row):
    """Lines that undo a void, out of what the card still has and, for the rest, the issuer's pocket."""
    taken, short_minor = book.taken_back(case.unit, case.account["id"], row["amount_minor"], case.now_ms)
    _tell_of_loan(case, short_minor)
    return [*taken, Line(_merchant_account(case, row), row["amount_minor"])]


def _hold_again(case, preauth_id, transaction_id, lines):
    """Posts the lines, and holds again what was held before: all of it, for the merchant was promised all of it.

    That may be less than the pre-authorisation's amount, after the void of an earlier completion.
    """
    preauth, hold = records.by_id(case, preauth_id), holds.of(case.unit, preauth_id)
    if held.fate(case, preauth) == holds.OPEN and hold["expires_ms"] > case.now_ms:
        lines = [*lines, *_lent_for_hold(case, hold["amount_minor"], lines)]
    _post(case, lines, transaction_id)
    held.renew(case, preauth, hold["amount_minor"])


def _lent_for_hold(case, wanted_minor, lines):
    """Lines that lend the card what it lacks to hold this much, once `lines` are posted."""
    account = book.account_row(case.unit, case.account["id"])
    free_minor = book.available_minor(account)
    free_minor += sum(line.amount_minor for line in lines if line.account_id == account["id"])
    short_minor = max(0, wanted_minor - free_minor)
    _tell_of_loan(case, short_minor)
    if not short_minor:
        return []
    return [Line(account["id"], short_minor), Line(book.receivable(case.unit, case.now_ms), -short_minor)]


def _post(case, lines, transaction_id):
    if lines:
        book.post(case.unit, REVERSAL, lines, case.now_ms, transaction_id)


def _merchant_account(case, row):
    """The other side of what the original moved."""
    return next(
        line.account_id for line in book.lines_of(case.unit, row["id"]) if line.account_id != case.account["id"]
    )


def _tell_of_loan(case, short_minor):
    if short_minor:
        alerts.add(case, alerts.LENT, card=masked(case.payer), amount_minor=short_minor)


def _repeat(case, row, key):
    kind = OF_TYPE[case.transaction_type]
    # One side may lack the number: under its earlier key the terminal can read it again.
    same = (not case.card or row["card"] in ("", case.card)) and _same_amount(case, row)
    if not same or row["kind"] != REVERSAL or (row["original_batch"], row["original_trace"]) != key:
        raise Reject(codes.DUPLICATE, "trace number used for another reversal")
    original = row["original_id"] and records.by_id(case, row["original_id"])
    if original and original["kind"] != kind:
        raise Reject(codes.DUPLICATE, "trace number used for another kind of reversal")
    return Answer(case.mti, records.first_answer(row), case.mac)


def _same_request(case, row, kind):
    return row["kind"] == kind and case.card in ("", row["card"]) and _same_amount(case, row)


def _same_amount(case, row):
    return (row["amount_minor"], row["processing_code"]) == (case.amount_minor, case.fields[3])
