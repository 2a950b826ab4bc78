"""What a host does by itself: expired holds are let go, also of cards that nobody uses."""

import asyncio
import logging

from tools.host.clock import epoch_ms
from tools.host.ledger import holds

EVERY_S = 60
ROUNDS_MAX = 50  # of holds.SWEEP_MAX each; what is left then waits a minute

log = logging.getLogger("host.sweep")


async def until(stop, database, clock, every_s=EVERY_S):
    """Sweeps now and every minute, until the event is set."""
    while not stop.is_set():
        await asyncio.to_thread(sweep, database, clock.now())
        try:
            await asyncio.wait_for(stop.wait(), every_s)
        except TimeoutError:
            continue


def sweep(database, now):
    """One sweep; how many holds it let go. Each round is a transaction of its own, so that no request waits long."""
    total = 0
    try:
        for _ in range(ROUNDS_MAX):
            ended = database.run(lambda unit: holds.sweep(unit, epoch_ms(now)))
            total += ended
            if ended < holds.SWEEP_MAX:
                break
    except Exception:  # whatever it was: an error that escaped would end the sweeping for good
        log.exception("sweep failed; it is tried again")
    if total:
        log.info("%d holds expired", total)
    return total
