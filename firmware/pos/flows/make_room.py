"""After a settlement the oldest segments of the journal go, beyond those that are kept; what is evidence stays."""

from pos.journal import deletion
from pos.journal.errors import JournalError


async def run(terminal):
    try:
        dropped = deletion.drop_oldest(terminal.journal)
        if dropped:
            terminal.audit("segments_dropped", count=dropped)
    except JournalError:
        pass  # the batch is settled all the same; the next settlement tries again
