"""The pre-authorisation family but the void of a completion (correction.py): money is held, then taken or let go."""

from tools.host.iso.parameters import PREAUTH_DAYS
from tools.host.ledger import book, holds
from tools.host.ledger.book import Line
from tools.host.switch import originals, purchase, records, rules
from tools.host.switch.kinds import COMPLETION, PREAUTH, PREAUTH_VOID
from tools.host.switch.once import available_now_minor, balance_field, once

DAY_MS = 86_400_000


def preauth(case, _keystore):
    """Sets the amount aside on the card; moves nothing."""
    return once(case, PREAUTH, purchase.judge, _hold)


def preauth_void(case, _keystore):
    """Lets go of what is held; of any terminal and batch of the merchant, for it is not settled."""
    return once(case, PREAUTH_VOID, originals.judge, _let_go)


def completion(case, _keystore):
    """Ends the hold and takes the amount: less, or more by a percentage when the card has it."""
    return once(case, COMPLETION, originals.judge, _take)


def _hold(case, transaction_id):
    expires_ms = case.now_ms + rules.number_parameter(case, PREAUTH_DAYS) * DAY_MS
    holds.place(case.unit, case.account["id"], transaction_id, case.amount_minor, case.now_ms, expires_ms)
    return {38: records.authorisation_code(transaction_id), 54: balance_field(available_now_minor(case))}


def _let_go(case, transaction_id):
    records.mark_voided(case, case.original["id"], transaction_id)
    holds.end(case.unit, case.hold, holds.RELEASED)
    return {54: balance_field(available_now_minor(case))}


def _take(case, transaction_id):
    holds.end(case.unit, case.hold, holds.COMPLETED)
    card, merchant = case.account["id"], case.terminal["merchant_account_id"]
    moved = [Line(card, -case.amount_minor), Line(merchant, case.amount_minor)]
    book.post(case.unit, "completion", moved, case.now_ms, transaction_id)
    return {38: records.authorisation_code(transaction_id), 54: balance_field(available_now_minor(case))}
