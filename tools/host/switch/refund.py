"""Refund: message type 0220, an advice. Part or all of a sale or completion of any day goes back to its card."""

from tools.host.ledger import book
from tools.host.ledger.book import Line
from tools.host.switch import originals, records
from tools.host.switch.kinds import REFUND
from tools.host.switch.once import available_now_minor, balance_field, once


def refund(case, _keystore):
    """The original's refunds never exceed it; a repeated advice gets its first answer.

    A closed merchant (03) or a terminal that was disabled (58) refunds nothing: closing an account pays out what is on
    it, and a refund would then be paid by the host.
    """
    return once(case, REFUND, originals.judge, _give)


def _give(case, transaction_id):
    records.add_refund(case, case.original["id"], case.amount_minor)
    card, merchant = case.account["id"], case.terminal["merchant_account_id"]
    moved = [Line(merchant, -case.amount_minor), Line(card, case.amount_minor)]
    book.post(case.unit, "refund", moved, case.now_ms, transaction_id)
    return {54: balance_field(available_now_minor(case))}
