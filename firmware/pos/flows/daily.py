"""The settlement of the day, at the host's settle_time, with nobody asked (R59). Looked at by the terminal's loop only
between flows, so that it never interrupts what somebody keys in."""

from micropython import const

from pos import loading
from pos.domain import daily

_TRIES_MAX = const(5)
_AGAIN_MIN = const(10)
_LOOK_MIN = const(10)  # the clock may be set, the parameter may change


async def run(terminal):
    """Settles what is due; returns after how many minutes to look again."""
    now = terminal.clock.now()
    settle_time = terminal.parameters["settle_time"]
    at = daily.moment(now, settle_time)
    if at and (terminal.daily[0] != at or terminal.daily[1] < _TRIES_MAX) and _due(terminal, at):
        terminal.daily = (at, terminal.daily[1] + 1 if terminal.daily[0] == at else 1)
        terminal.audit("settle_daily", tries=terminal.daily[1])
        if not await terminal.enter("settle", True):
            return _AGAIN_MIN
    return min(_LOOK_MIN, daily.minutes_until(now, settle_time))


def _due(terminal, at):
    state = terminal.journal.state
    settled = state["settled"]
    if not state["totals"] or not daily.due(at, settled, {"date": "0", "time": "0"}):
        return False
    if daily.due(at, settled, _first(terminal)):
        return True
    terminal.daily = (at, _TRIES_MAX)  # all of this batch is of later: no need to read it again
    return False


def _first(terminal):
    """The oldest transaction of the batch, None when there is none."""
    with loading.Scope():  # settling takes the room of what reads
        from pos.journal import history

        for tx in history.oldest_first(terminal.journal, terminal.journal.state["batch"]):
            if tx["state"] == "approved":
                return tx
    return None
