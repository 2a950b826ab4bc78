"""Why a request is declined: tables read from top to bottom, the first rule that applies decides.

A rule is (code, reason for the log, kinds it applies to, test). The test gets the Case and says True to decline.
REQUEST needs no account: a terminal that may not trade learns nothing about accounts, and uses up no customer's code.
ACCOUNT judges who pays. What a void, refund or completion refers to is judged in originals.py.
"""

from typing import Any, NamedTuple

from tools.host.clock import epoch_ms
from tools.host.iso.parameters import DEFAULTS, MAX_AMOUNT_MINOR, OFFLINE_FLOOR_MINOR, OFFLINE_TAKEN_HOURS
from tools.host.ledger.book import available_minor
from tools.host.switch import codes, directory
from tools.host.switch.kinds import ALL, BALANCE, OFFLINE, PREAUTH, SALE, SHAPES, SHOWN, service_of

CURRENCY = "156"
AMOUNT_MINOR_MAX = 999_999_999
MOVING = tuple(kind for kind in ALL if kind != BALANCE)
PAYING = (SALE, OFFLINE, PREAUTH)
HOUR_MS = 3_600_000


class Rule(NamedTuple):
    """One line of a table."""

    code: str
    reason: str
    kinds: tuple
    applies: Any


def number_parameter(case, tag):
    """The merchant's value of a parameter that is a number, or its default."""
    return int(directory.parameter(case, tag) or DEFAULTS[tag])


def _wrong_entry_mode(case):
    # Who pays a merchant's code does it in the wallet; no terminal can say so.
    from_wallet = case.entry_mode == SHOWN and case.from_wallet
    return case.entry_mode not in SHAPES[case.kind].entry_modes and not from_wallet


def _service_off(case):
    return not directory.service_enabled(case, service_of(case.kind, case.entry_mode))


def _too_late(case):
    hours = number_parameter(case, OFFLINE_TAKEN_HOURS)
    return bool(hours) and case.now_ms - epoch_ms(case.made) > hours * HOUR_MS


def _expired(case):
    expires = case.account["expires"]
    return expires is not None and expires < (case.made or case.now).strftime("%y%m")


def _over_card_limit(case):
    limit = case.account["sale_limit_minor"]
    return limit is not None and case.amount_minor > limit


def luhn_ok(number):
    """Check digit by ISO/IEC 7812-1 annex B."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10 == 0


REQUEST = (
    Rule(codes.INVALID, "trace number 0", ALL, lambda c: c.trace == 0),
    Rule(codes.INVALID, "currency", ALL, lambda c: c.fields[49] != CURRENCY),
    Rule(codes.INVALID, "entry mode", ALL, _wrong_entry_mode),
    Rule(codes.INVALID, "condition", ALL, lambda c: c.fields[25] != SHAPES[c.kind].condition),
    Rule(codes.MERCHANT_UNKNOWN, "merchant closed", ALL, lambda c: c.terminal["merchant_status"] != "open"),
    Rule(codes.NOT_FOR_THIS_TERMINAL, "terminal disabled", ALL, lambda c: c.terminal["status"] != "enabled"),
    Rule(codes.NOT_SUPPORTED, "service off", ALL, _service_off),
    Rule(codes.BAD_AMOUNT, "amount", MOVING, lambda c: not 0 < c.amount_minor <= AMOUNT_MINOR_MAX),
    Rule(
        codes.OVER_LIMIT, "merchant's limit", PAYING, lambda c: c.amount_minor > number_parameter(c, MAX_AMOUNT_MINOR)
    ),
    Rule(
        codes.OVER_LIMIT, "floor limit", (OFFLINE,), lambda c: c.amount_minor > number_parameter(c, OFFLINE_FLOOR_MINOR)
    ),
    Rule(codes.LATE, "made too long ago", (OFFLINE,), _too_late),
)
ACCOUNT = (
    Rule(codes.NO_SUCH_CARD, "check digit, or no account", ALL, lambda c: c.account is None),
    Rule(codes.NOT_FOR_THIS_CARD, "not a card account", ALL, lambda c: c.account["kind"] != "card"),
    Rule(codes.NO_SUCH_CARD, "account closed", ALL, lambda c: c.account["status"] == "closed"),
    Rule(codes.FROZEN, "account frozen", ALL, lambda c: c.account["status"] == "frozen"),
    Rule(codes.DECLINED, "account blocked by its issuer", ALL, lambda c: c.account["status"] == "blocked"),
    Rule(codes.ASK_ISSUER, "account referred", ALL, lambda c: c.account["status"] == "referred"),
    Rule(codes.EXPIRED, "card expired", ALL, _expired),
    Rule(codes.OVER_LIMIT, "card's limit", PAYING, _over_card_limit),
    Rule(codes.NOT_ENOUGH_MONEY, "balance", PAYING, lambda c: available_minor(c.account) < c.amount_minor),
)


def first(case, table):
    """(code, reason) of the first rule that declines; ("00", "") when none does."""
    for rule in table:
        if case.kind in rule.kinds and rule.applies(case):
            return rule.code, rule.reason
    return codes.APPROVED, ""
