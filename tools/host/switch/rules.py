"""Why a sale or balance query is declined: one table, read from top to bottom, the first rule that applies decides.

A rule is (code, reason for the log, services it applies to, test). The test gets the Case and says True to decline.
Rules that need no account come first: a terminal that may not trade learns nothing about accounts.
"""

from typing import Any, NamedTuple

from tools.host.iso.parameters import DEFAULTS, MAX_AMOUNT_MINOR
from tools.host.switch import codes, directory

CURRENCY = "156"
ENTRY_MODES = frozenset({"012", "072"})  # number keyed; read from an NFC card; neither with a PIN
CONDITION = "00"
AMOUNT_MINOR_MAX = 999_999_999
SALE, BALANCE = "sale", "balance"
TRANSACTION_TYPES = {SALE: "22", BALANCE: "01"}
BOTH = (SALE, BALANCE)


class Rule(NamedTuple):
    """One line of the table."""

    code: str
    reason: str
    services: tuple
    applies: Any


def _amount_out_of_range(case, _service):
    return not 0 < case.amount_minor <= AMOUNT_MINOR_MAX


def _over_merchant_limit(case, _service):
    limit = directory.parameter(case, MAX_AMOUNT_MINOR) or DEFAULTS[MAX_AMOUNT_MINOR]
    return case.amount_minor > int(limit)


def _over_card_limit(case, _service):
    limit = case.account["sale_limit_minor"]
    return limit is not None and case.amount_minor > limit


def _expired(case, _service):
    expires = case.account["expires"]
    return expires is not None and expires < case.now.strftime("%y%m")


def luhn_ok(number):
    """Check digit by ISO/IEC 7812-1 annex B."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10 == 0


RULES = (
    Rule(codes.INVALID, "trace number 0", BOTH, lambda c, s: c.trace == 0),
    Rule(codes.INVALID, "transaction type", BOTH, lambda c, s: c.transaction_type != TRANSACTION_TYPES[s]),
    Rule(codes.INVALID, "currency", BOTH, lambda c, s: c.fields[49] != CURRENCY),
    Rule(codes.INVALID, "entry mode", BOTH, lambda c, s: c.fields[22] not in ENTRY_MODES),
    Rule(codes.INVALID, "condition", BOTH, lambda c, s: c.fields[25] != CONDITION),
    Rule(codes.MERCHANT_UNKNOWN, "merchant closed", BOTH, lambda c, s: c.terminal["merchant_status"] != "open"),
    Rule(codes.NOT_FOR_THIS_TERMINAL, "terminal disabled", BOTH, lambda c, s: c.terminal["status"] != "enabled"),
    Rule(codes.NOT_SUPPORTED, "service off", BOTH, lambda c, s: not directory.service_enabled(c, s)),
    Rule(codes.BAD_AMOUNT, "amount", (SALE,), _amount_out_of_range),
    Rule(codes.OVER_LIMIT, "merchant's limit", (SALE,), _over_merchant_limit),
    Rule(codes.NO_SUCH_CARD, "check digit", BOTH, lambda c, s: not luhn_ok(c.card)),
    Rule(codes.NO_SUCH_CARD, "no account", BOTH, lambda c, s: c.account is None),
    Rule(codes.NOT_FOR_THIS_CARD, "not a card account", BOTH, lambda c, s: c.account["kind"] != "card"),
    Rule(codes.NO_SUCH_CARD, "account closed", BOTH, lambda c, s: c.account["status"] == "closed"),
    Rule(codes.FROZEN, "account frozen", BOTH, lambda c, s: c.account["status"] == "frozen"),
    Rule(codes.DECLINED, "account blocked by its issuer", BOTH, lambda c, s: c.account["status"] == "blocked"),
    Rule(codes.ASK_ISSUER, "account referred", BOTH, lambda c, s: c.account["status"] == "referred"),
    Rule(codes.EXPIRED, "card expired", BOTH, _expired),
    Rule(codes.OVER_LIMIT, "card's limit", (SALE,), _over_card_limit),
    Rule(codes.NOT_ENOUGH_MONEY, "balance", (SALE,), lambda c, s: c.account["balance_minor"] < c.amount_minor),
)


def decide(case, service):
    """(code, reason): ("00", "") when no rule declines."""
    for rule in RULES:
        if service in rule.services and rule.applies(case, service):
            return rule.code, rule.reason
    return codes.APPROVED, ""
