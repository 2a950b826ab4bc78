"""Limits of amounts, by kind of transaction and role: texts "sale:100000,refund:20000" among the host's parameters."""

from pos.domain import operators


def limit(parameters, kind, role):
    """The most, in minor units, that this role may do alone in one transaction of this kind; None without a limit.

    What is the supervisor's limit is everybody's: nobody at the terminal can approve more."""
    limits = [_read(parameters["kind_limits"], kind)]
    if role == operators.OPERATOR:
        limits.append(_read(parameters["operator_limits"], kind))
        if kind == "refund":
            limits.append(parameters["refund_approval_minor"])
    limits = [limit_minor for limit_minor in limits if limit_minor is not None]
    return min(limits) if limits else None


def _read(text, kind):
    for part in text.split(","):
        name, _, number = part.partition(":")
        if name == kind and number.isdigit():
            return int(number)
    return None
