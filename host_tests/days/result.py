"""What came of a plan; goes from a worker to whoever counts."""

from typing import Any, NamedTuple


class Result(NamedTuple):
    seed: str
    terminal_days: int
    transactions: int  # requests about money whose outcome people were told, or that stand
    faults: int  # that struck or were armed without a message
    deaths: int  # of the host
    cuts: int  # of terminals' power
    standing: int
    digest: str
    failure: Any  # None or the text of what was found
    kind: str  # of the failure: its first words
    plan: Any
    log: tuple
