"""Void of a sale and of a completion: message type 0200, processing code 200000. All the money goes back, once."""

from tools.host.ledger import book
from tools.host.ledger.book import Line
from tools.host.switch import codes, held, originals, records, throttle
from tools.host.switch.kinds import COMPLETION_VOID, VOID
from tools.host.switch.once import available_now_minor, balance_field, once


def void(case, _keystore):
    """Both rows stay; the sale is marked."""
    return once(case, VOID, _judge, _give_back)


def completion_void(case, _keystore):
    """The same, and what the pre-authorisation held is held again as far as the money is there.

    So a wrong completion can be followed by the right one. What the completion had left free may be spent by now: only
    a void was asked for, no new promise to the merchant, so nobody lends the difference.
    """
    return once(case, COMPLETION_VOID, _judge, _give_back_and_hold)


def _judge(case):
    code, reason = originals.judge(case)
    return throttle.judge(case) if code == codes.APPROVED else (code, reason)


def _give_back(case, transaction_id):
    records.mark_voided(case, case.original["id"], transaction_id)
    back = [Line(line.account_id, -line.amount_minor) for line in book.lines_of(case.unit, case.original["id"])]
    book.post(case.unit, case.kind, back, case.now_ms, transaction_id)
    return {54: balance_field(available_now_minor(case))}


def _give_back_and_hold(case, transaction_id):
    _give_back(case, transaction_id)
    preauth = records.by_id(case, case.original["original_id"])
    held.renew(case, preauth, min(preauth["amount_minor"], available_now_minor(case)))
    return {54: balance_field(available_now_minor(case))}
