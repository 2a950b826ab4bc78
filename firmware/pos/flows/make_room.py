"""When room is needed, and after a settlement, the oldest segments of closed batches go; what is evidence stays."""

from pos.journal import deletion
from pos.journal.errors import JournalError


async def run(terminal):
    try:
        dropped = deletion.drop_oldest(terminal.journal)
        if dropped:
            terminal.audit("segments_dropped", count=dropped)
    except JournalError:
        pass  # whoever needs the room sees that there is none; the next settlement tries again
