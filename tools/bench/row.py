"""One measured number beside its reference and its limit."""

from dataclasses import asdict, dataclass


@dataclass
class Row:
    """`reference` is measured in the same run, in the same unit. `limit` says in words what `ok` decided; a row without
    one is recorded so that a later change shows."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    reference_name: str = ""
    limit: str = ""
    ok: bool = True
    note: str = ""

    def as_dict(self):
        return asdict(self)


def at_most(limit):
    """The `limit` of a row whose value must not be above a number."""
    return f"at most {limit:,}"
