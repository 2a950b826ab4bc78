"""What a pre-authorisation holds after something that had ended its hold was undone."""

from tools.host.ledger import holds
from tools.host.switch import records


def fate(case, preauth):
    """State that the hold of this row must be in; OPEN also when it has expired meanwhile.

    That it may be open again does not go without saying: while the answer to a completion void was lost, another
    terminal may have completed or voided the same pre-authorisation.
    """
    if records.completed(case, preauth["id"]):
        return holds.COMPLETED
    stands = preauth["reversed_by"] is None and preauth["voided_by"] is None
    return holds.OPEN if stands else holds.RELEASED


def renew(case, preauth, amount_minor):
    """Brings the hold into that state; when it is open, it holds this much."""
    state = fate(case, preauth)
    hold = holds.of(case.unit, preauth["id"])
    if state == holds.OPEN:
        holds.again(case.unit, hold, amount_minor, case.now_ms)
    else:
        holds.end(case.unit, hold, state)
