"""What must hold before a management request is looked at."""

from tools.host.switch import codes
from tools.host.switch.case import Reject


def must_be_open(case):
    """Reject 03 for a closed merchant, 58 for a disabled terminal."""
    if case.terminal["merchant_status"] != "open":
        raise Reject(codes.MERCHANT_UNKNOWN, "merchant closed")
    if case.terminal["status"] != "enabled":
        raise Reject(codes.NOT_FOR_THIS_TERMINAL, "terminal disabled")


def must_be_this_batch(case):
    """Reject 77 for another batch than the terminal's."""
    if case.batch != case.terminal["batch"]:
        raise Reject(codes.BATCH_DIFFERS, f"batch {case.terminal['batch']} expected")
