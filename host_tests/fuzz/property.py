"""What every target shares: a property that must hold, a limit of time for one input, account numbers in texts."""

import re
import signal
import threading
import traceback

# Of the process's own computing time: a machine that is busy with other things makes no finding.
INPUT_CPU_S_MAX = 1.0

_ACCOUNT = re.compile(r"(?<![0-9])6200000[0-9]{9,12}(?![0-9])")


class Broken(AssertionError):
    """A property does not hold. The text names it, and is the same for every input that breaks it alike."""


class Hang(BaseException):
    """One input took more than INPUT_CPU_S_MAX; not an Exception, so that nothing under test swallows it."""


def need(holds, what):
    """Raises Broken with the property's name unless it holds."""
    if not holds:
        raise Broken(what)


def hides(text, *accounts):
    """Whether no account number (of these, or of this scheme's cards) of 11 digits or more stands whole in a text."""
    if any(len(account) > 10 and account in text for account in accounts):
        return False
    return not _ACCOUNT.search(text)


def _too_long(_number, _frame):
    raise Hang()


def limited(function, data):
    """function(data), Hang when it computes for too long."""
    if threading.current_thread() is not threading.main_thread():
        return function(data)
    signal.signal(signal.SIGVTALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, INPUT_CPU_S_MAX)
    try:
        return function(data)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def outcome(function, *arguments):
    """The error that comes out of the function, whichever it is; None when none does. Ctrl-C is nobody's finding."""
    try:
        function(*arguments)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return error
    return None


def name_of(error):
    """What tells one finding from another: the error's class, and the property or the place that raised it."""
    kind = type(error).__name__
    if isinstance(error, Broken):
        return f"{kind}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if "/pos/" in frame.filename or "/tools/" in frame.filename] or frames
    if isinstance(error, Hang):
        # Where a loop happens to be is chance; the function that it is in, hardly.
        return f"{kind} below {inside[-1].name}"
    place = inside[-1]
    return f"{kind} at {'/'.join(place.filename.split('/')[-3:])}:{place.lineno} in {place.name}"
