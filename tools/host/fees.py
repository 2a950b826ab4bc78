"""What the merchant pays for being paid: rates as dated rows, a fee per transaction, and the sum of a batch by kind.

A rate is in millionths of the amount, so 0.38 % is 3 800. A fee is rounded to a whole fen, half up, per transaction,
and never exceeds its rate's cap. Only a sale (with or without the host), a payment by QR code or a completion that
stands costs a fee: a voided one costs none, and a refund gives none back, since the payment was carried through.
"""

from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select

from tools.host.store.schema import fee_rates

MILLION = 1_000_000
PPM_OF_A_PERCENT = 10_000
DEBIT, CREDIT, QR = "debit", "credit", "qr"

# Kinds of a batch in the order in which they are told and shown -> what each does to the merchant's money.
SIGNS = {"sale": 1, "qr": 1, "offline": 1, "void": -1, "refund": -1, "completion": 1, "completion_void": -1}
CHARGED = frozenset({"sale", "qr", "offline", "completion"})

_RATES = (
    select(fee_rates)
    .where(
        or_(fee_rates.c.merchant_id == bindparam("merchant"), fee_rates.c.merchant_id.is_(None)),
        fee_rates.c.from_ms <= bindparam("until_ms"),
    )
    .order_by(fee_rates.c.id)
)


class Rate(NamedTuple):
    """One row of the schedule. `own`: made for this merchant; `cap_minor` None: no cap."""

    kind: str
    own: bool
    from_ms: int
    rate_ppm: int
    cap_minor: Any


class Counted(NamedTuple):
    """What fees need to know of a transaction in a batch. `stands` is False for one that was voided."""

    kind: str
    card_type: str
    amount_minor: int
    at_ms: int
    stands: bool


class Row(NamedTuple):
    """Sum of a kind and a type of card: how many, their amounts (always positive), their fees."""

    kind: str
    card_type: str
    count: int
    gross_minor: int
    fee_minor: int


def percent(rate_ppm):
    """3800 -> "0.38 %"."""
    whole, rest = divmod(rate_ppm, PPM_OF_A_PERCENT)
    digits = f"{rest:04d}".rstrip("0")
    return f"{whole}.{digits} %" if digits else f"{whole} %"


def fee_minor(amount_minor, rate_ppm, cap_minor=None):
    """Fee of one transaction in minor units, rounded half up, at most `cap_minor`."""
    fee = (amount_minor * rate_ppm + MILLION // 2) // MILLION
    return fee if cap_minor is None else min(fee, cap_minor)


def rates(unit, merchant_id, until_ms):
    """The schedule of a merchant, everybody's rows and its own, as a list of Rate, in the order they were added."""
    return [
        Rate(row["kind"], row["merchant_id"] is not None, row["from_ms"], row["rate_ppm"], row["cap_minor"])
        for row in unit.run(_RATES, merchant=merchant_id, until_ms=until_ms)
    ]


def rate_at(schedule, kind, at_ms):
    """The Rate of a kind at a moment: the merchant's own before everybody's, then the latest; None without any.

    Of two from the same day the one that was added last counts: rates are never changed, so that is how to correct one.
    """
    valid = [rate for rate in schedule if rate.kind == kind and rate.from_ms <= at_ms]
    return max(reversed(valid), key=lambda rate: (rate.own, rate.from_ms), default=None)


def fee_of(transaction, schedule):
    """Fee of a Counted in minor units."""
    if transaction.kind not in CHARGED or not transaction.stands:
        return 0
    kind = QR if transaction.kind == "qr" else transaction.card_type
    rate = rate_at(schedule, kind, transaction.at_ms)
    return fee_minor(transaction.amount_minor, rate.rate_ppm, rate.cap_minor) if rate else 0


def rows(transactions, schedule):
    """Counted transactions -> list of Row, in the order of SIGNS, debit before credit cards."""
    sums = {}
    for one in transactions:
        found = sums.setdefault((one.kind, one.card_type), [0, 0, 0])
        found[0] += 1
        found[1] += one.amount_minor
        found[2] += fee_of(one, schedule)
    order = list(SIGNS)
    keys = sorted(sums, key=lambda key: (order.index(key[0]), key[1] != DEBIT))
    return [Row(*key, *sums[key]) for key in keys]


def by_kind(of_batch):
    """Rows -> [(kind, count, gross, fee)]: types of card added up, as terminals are told."""
    sums = {}
    for row in of_batch:
        count, gross, fee = sums.get(row.kind, (0, 0, 0))
        sums[row.kind] = count + row.count, gross + row.gross_minor, fee + row.fee_minor
    return [(kind, *sums[kind]) for kind in SIGNS if kind in sums]


def net_minor(of_batch):
    """What the merchant keeps of the batch after fees; may be negative."""
    return sum(SIGNS[row.kind] * row.gross_minor - row.fee_minor for row in of_batch)
