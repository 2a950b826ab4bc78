"""Operators: roles, rights, PIN rules and the lock-out, on plain values. Numbers: 00, 01 to 98, 99."""

from micropython import const

PIN_DIGITS_MIN = const(4)
PIN_DIGITS_MAX = const(8)
OPERATORS_MAX = const(32)

# Wrong PINs in a row: from the third on each costs a wait, from the eighth on an operator needs the supervisor.
FAILURES_FREE = const(2)
FAILURES_MAX = const(8)
WAIT_FIRST_MS = const(60000)
WAIT_MAX_MS = const(900000)
# Waits for ever: until somebody unlocks.
LOCKED = const(-1)

SUPERVISOR = "supervisor"
ADMINISTRATOR = "administrator"
OPERATOR = "operator"

# right: who has it. The supervisor sells nothing; the administrator touches no money.
_RIGHTS = (
    ("sale", (OPERATOR,)),
    ("balance", (OPERATOR,)),
    ("reprint", (OPERATOR, SUPERVISOR)),
    ("own_pin", (OPERATOR, SUPERVISOR, ADMINISTRATOR)),
    ("status", (OPERATOR, SUPERVISOR, ADMINISTRATOR)),
    ("language", (OPERATOR, SUPERVISOR, ADMINISTRATOR)),
    ("settings", (SUPERVISOR, ADMINISTRATOR)),
    ("operators", (SUPERVISOR,)),
    ("approve", (SUPERVISOR,)),
    ("retry_reversal", (SUPERVISOR,)),
    ("parameters", (ADMINISTRATOR,)),
    ("delete", (ADMINISTRATOR,)),
    ("unlock_supervisor", (ADMINISTRATOR,)),
)


class PinRule(ValueError):
    """A PIN that may not be chosen. rule: "length", "digits" or "same" (as the old one)."""

    def __init__(self, rule):
        super().__init__("the PIN breaks the rule " + rule)
        self.rule = rule


def role(number):
    """Role of an operator number; None when no operator can have it."""
    if len(number) != 2 or not number.isdigit():
        return None
    if number == "99":
        return ADMINISTRATOR
    return SUPERVISOR if number == "00" else OPERATOR


def may(number, right):
    """Whether the operator has the right; an unknown right belongs to nobody."""
    for name, roles in _RIGHTS:
        if name == right:
            return role(number) in roles
    return False


def check_new_pin(pin, old=""):
    """Raises PinRule when pin (str) cannot replace old (str, "" for none)."""
    if not PIN_DIGITS_MIN <= len(pin) <= PIN_DIGITS_MAX:
        raise PinRule("length")
    if not pin.isdigit():
        raise PinRule("digits")
    if pin == old:
        raise PinRule("same")


def wait_ms(number, failures):
    """How long this operator waits after so many wrong PINs in a row: 0, a time, or LOCKED.

    Supervisor and administrator only ever wait: nobody above them could let them in again.
    """
    if failures <= FAILURES_FREE:
        return 0
    if failures >= FAILURES_MAX and role(number) == OPERATOR:
        return LOCKED
    doublings = min(failures - FAILURES_FREE - 1, FAILURES_MAX)
    return min(WAIT_FIRST_MS << doublings, WAIT_MAX_MS)
