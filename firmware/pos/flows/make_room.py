"""When room is needed, and after a settlement, the oldest segments of closed batches go; what is evidence stays.

Where the flash was full, as many go as the ballast needs to be made again."""

from micropython import const

from pos.journal import deletion, recovery
from pos.journal.errors import JournalError

_AT_ONCE = const(8)
_KEPT_TRAINING = (16,)


async def run(terminal):
    journal = terminal.journal
    try:
        dropped = deletion.drop_oldest(journal, *_KEPT_TRAINING if terminal.training else ())
        while journal.full() and recovery.lacks_room(journal.ballast):
            # The newest stays: a journal begins with it.
            more = deletion.drop_oldest(journal, max(1, len(journal.segments) - _AT_ONCE))
            if not more:
                break
            dropped += more
        if journal.full():
            recovery.make(journal.ballast)
        if dropped:
            terminal.audit("segments_dropped", count=dropped)
    except JournalError:
        pass  # whoever needs the room sees that there is none; the next settlement tries again
