"""What came of a plan; goes from a worker to whoever counts."""

from typing import NamedTuple


class Result(NamedTuple):
    terminal_days: int
    transactions: int  # requests about money whose outcome people were told, or that stand
    faults: int  # of messages that were struck, and others that were armed
    digest: str  # of the transcript and each flash
    failure: str | None  # the text of what was found
    kind: str | None  # of the failure: its first words
    log: tuple  # the transcript's end
