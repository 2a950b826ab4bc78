"""Sale and balance query: message type 0200; the sale that a terminal approved by itself: 0220, an advice; and the sale
that a customer pays in the wallet."""

from datetime import datetime, timedelta

from tools.host.clock import epoch_ms
from tools.host.iso import private_items
from tools.host.iso.message import Message
from tools.host.ledger import book, holds
from tools.host.ledger.book import Line
from tools.host.switch import codes, records, rules
from tools.host.switch.case import Case, Reject
from tools.host.switch.kinds import BALANCE, OFFLINE, QR, SALE, SHAPES, SHOWN
from tools.host.switch.once import balance_field, once
from tools.host.wallet import codes as wallet_codes

CLOCK_AHEAD_MAX = timedelta(days=1)
LEAP_YEARS_APART = 8  # at most: 1896 to 1904


def sale(case, _keystore):
    """Moves the amount from the payer's account to the merchant's."""
    return once(_named(case), SALE, judge, _move)


def offline(case, _keystore):
    """Moves the amount of a sale that was made while nobody could be asked, if it may be: the goods are gone, and that
    is the merchant's risk. It is posted with the time at which it was made (fields 12 and 13)."""
    case.made = _made(case)
    return once(_named(case), OFFLINE, judge, _move)


def balance(case, _keystore):
    """Tells what the card may spend; moves nothing."""
    return once(_named(case), BALANCE, judge, _tell)


def paid_in_wallet(unit, terminal, batch, trace, card, amount_minor, now, order_number=None):
    """The customer pays a merchant's code: stored as the sale that the terminal waits for; answer fields, code in 39.

    terminal: row of directory.py (terminal and merchant). The terminal then queries, reverses or voids it as any sale.
    Raises Reject (77: the code is of a closed batch; 94: its number was used for something else).
    """
    shape = SHAPES[SALE]
    fields = {2: card, 3: shape.processing_code, 4: f"{amount_minor:012d}", 11: f"{trace:06d}", 22: SHOWN}
    fields |= {25: shape.condition, 41: terminal["number"], 42: terminal["merchant_number"], 49: rules.CURRENCY}
    fields[60] = f"{shape.type}{batch:06d}"
    items = {private_items.ORDER_NUMBER: order_number} if order_number else {}
    fields[63] = private_items.encode(terminal["operator"] or "", items)  # who has signed on sells
    case = Case(unit, Message(shape.mti, fields), now)
    case.terminal = terminal
    case.from_wallet = True
    return sale(case, None).fields


def judge(case):
    """(code, reason) for a sale of any kind, balance query or pre-authorisation; sets case.account."""
    code, reason = rules.first(case, rules.REQUEST)
    if code == codes.APPROVED:
        case.account = _payer(case)
        code, reason = rules.first(case, rules.ACCOUNT)
    return code, reason


def _named(case):
    """Reject 30 when it does not say who pays: an account number, or a customer's code and no account number."""
    by_code = case.entry_mode == QR
    if by_code == bool(case.card) or by_code != (private_items.CUSTOMER_CODE in case.items):
        raise Reject(codes.FORMAT, "account number and customer's code: one of them, as field 22 says")
    return case


def _payer(case):
    if case.entry_mode == QR:
        account = wallet_codes.redeem(case.unit, case.items[private_items.CUSTOMER_CODE], case.now_ms)
    else:
        account = book.find_account(case.unit, case.card) if rules.luhn_ok(case.card) else None
    return account and holds.refreshed(case.unit, account, case.now_ms)


def _move(case, transaction_id):
    card, merchant = case.account["id"], case.terminal["merchant_account_id"]
    moved = [Line(card, -case.amount_minor), Line(merchant, case.amount_minor)]
    at_ms = epoch_ms(case.made) if case.made else case.now_ms
    posted = book.post(case.unit, "sale", moved, at_ms, transaction_id)
    left_minor = posted.balances[card] - case.account["held_minor"]
    return {38: records.authorisation_code(transaction_id), 54: balance_field(left_minor)}


def _made(case):
    """The moment that fields 12 and 13 tell: the last one of that date, as nothing is made tomorrow. A terminal's clock
    may be ahead, by less than a day: then it was made now. Reject 30 for what is no time."""
    said = case.fields[13] + case.fields[12]
    for year in range(case.now.year + 1, case.now.year - LEAP_YEARS_APART, -1):
        try:
            made = datetime.strptime(f"{year:04d}{said}", "%Y%m%d%H%M%S").replace(tzinfo=case.now.tzinfo)
        except ValueError:
            continue  # 29 February of another year, or no time at all
        if made <= case.now + CLOCK_AHEAD_MAX:
            return min(made, case.now)
    raise Reject(codes.FORMAT, f"fields 13 and 12: {said!a} is no time")


def _tell(case, _transaction_id):
    return {54: balance_field(book.available_minor(case.account))}
