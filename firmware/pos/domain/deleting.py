"""Deleting records (R37 to R46): why somebody does it, and why it cannot be done; rules on plain values."""

# Why, as it is kept in the evidence: retention time over, tests, the terminal goes to somebody else, the customer's
# request, no more room.
REASONS = ("01", "02", "03", "04", "05")


def why_not(count, unsettled, waiting):
    """Why nothing can be deleted, None when something can: "unsettled" (their batch is), "waiting" (the host has not
    acknowledged them), "none" (there are none). count: records that can be, and how many cannot."""
    if count:
        return None
    if waiting:
        return "waiting"
    return "unsettled" if unsettled else "none"
