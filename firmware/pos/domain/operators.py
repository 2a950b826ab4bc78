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
OPERATORS = "operators"  # a value of the setting void_by; the other is SUPERVISOR

_O = const(1)
_S = const(2)
_A = const(4)
_APPROVABLE = const(8)
# right: who has it alone (operator, supervisor, administrator), and whether an operator without it may begin and have
# the supervisor's PIN make up for it. The supervisor sells nothing (what gives money back is no sale); the
# administrator touches no money. Numbers, since tuples of texts take 2 KB more.
_RIGHTS = {
    "sale": _O,
    "balance": _O,
    "preauth": _O | _APPROVABLE,
    "completion": _O | _APPROVABLE,
    "void": _O | _S | _APPROVABLE,
    "preauth_void": _O | _S | _APPROVABLE,
    "completion_void": _O | _S | _APPROVABLE,
    "refund": _O | _S | _APPROVABLE,
    "settle": _O | _S | _APPROVABLE,
    "records": _O | _S | _A,
    "reprint": _O | _S,
    "delete": _A,
    "own_pin": _O | _S | _A,
    "status": _O | _S | _A,
    "language": _O | _S | _A,
    "settings": _S | _A,
    "network": _S | _A,
    "training": _S | _A,
    "operators": _S | _A,
    "approve": _S,
    "retry_reversal": _S,
    "services": _A,
    "parameters": _A,
}
# What the supervisor can grant to one operator or take away, in the order of a menu.
GRANTABLE = ("sale", "void", "refund", "preauth", "completion", "settle", "balance", "records", "reprint", "delete")
# In training nothing of these is to be had: they would change what is real.
NOT_IN_TRAINING = ("operators", "own_pin", "settings", "network", "services", "retry_reversal")
# These go with another one.
_GOES_WITH = (("preauth_void", "void"), ("completion_void", "void"))

ALONE, APPROVED, NEVER = "alone", "approved", "never"


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


def may(number, right, changed=(), void_by=OPERATORS):
    """Whether the operator may begin what needs this right: alone, or with the supervisor's PIN on the spot."""
    return how(number, right, changed, void_by) != NEVER


def how(number, right, changed=(), void_by=OPERATORS):
    """ALONE, APPROVED (the supervisor's PIN makes up for it) or NEVER; an unknown right belongs to nobody.

    changed: what differs from the role for this one operator: "delete" was granted, "-refund" was taken away.
    void_by: the setting of that name.
    """
    who = role(number)
    row = _RIGHTS.get(right, 0)
    if who != OPERATOR:
        return ALONE if row & (_S if who == SUPERVISOR else _A if who == ADMINISTRATOR else 0) else NEVER
    for name, other in _GOES_WITH:
        if name == right:
            right = other
    if right in changed:
        return ALONE
    if row & _O and "-" + right not in changed and not (right == "void" and void_by == SUPERVISOR):
        return ALONE
    return APPROVED if row & _APPROVABLE else NEVER


def manages(number, other):
    """Whether the operator may give the other a new first PIN: the supervisor the operators, the administrator the
    supervisor."""
    return (role(number), role(other)) in ((SUPERVISOR, OPERATOR), (ADMINISTRATOR, SUPERVISOR))


def change_right(changed, right, granted):
    """The list `changed` (see how) once a right is granted (True) or taken away; only what differs from the role stays.
    Raises ValueError for a right that is not the supervisor's to give."""
    if right not in GRANTABLE:
        raise ValueError("not to be granted: " + right)
    kept = [name for name in changed if name not in (right, "-" + right)]
    if granted != bool(_RIGHTS[right] & _O):
        kept.append(right if granted else "-" + right)
    return kept


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
