"""The journal: records that survive a power cut at every write, in segments that begin with a snapshot.

An append is one durable step: all of its records are there afterwards, or none. The newest steps stand in small files
(tail.py) until a segment takes them all at once. See README.md for the layout. Always
loaded is only the state; what reads and writes (appending.py, recovery.py) comes with the flow that does.
"""

from micropython import const

from pos.journal.errors import JournalError

# From so many on a segment takes no more: with all of the tail it still fits one erase block of the ESP32's flash.
SEGMENT_BYTES = const(2048)
SMALL_FILES_MAX = const(8)
# 0.74 of the 1.1 MB that the firmware leaves of the board's 2 MB; a batch of 500 takes 164. At this many the oldest of
# closed batches go, and if there are none new sales are refused; there is room left for corrections, the settlement,
# the audit files and the ballast.
_SEGMENTS_MAX = const(180)
_SEGMENTS_TRAINING = const(24)  # 70 sales or so: what is only practised leaves room for what is real
_ALL_PRINTED = const(2)  # state.DONE
DELETION_PLAN = const("/deletion.plan")  # in its folder: there is a deletion to finish


class Journal:
    """The journal in one folder; call recover() before anything else. state: see state.py (read only).

    segments: their numbers; bytes: in the last one; closed: whether it takes no more. tail: how many bytes each step in
    a small file will take in a segment, 0 where that file is not readable. sequence, crc: of the last record. trusted:
    whether all that is what is on the flash. limit: how many small files may be used, 8 at most. key: account numbers
    are sealed with it on the flash, see security/sealed.py; b"": they are not. ballast: path of what keeps room for the
    settlement (ballast.py), "" where nothing does.
    """

    def __init__(self, folder, segment_bytes=SEGMENT_BYTES, limit=SMALL_FILES_MAX, key=b""):
        from pos.journal.state import fresh

        self.folder = folder
        self.segment_bytes = segment_bytes
        self.limit = limit
        self.key = key
        self.state = fresh()
        self.segments = []
        self.bytes = 0
        self.closed = False
        self.tail = []
        self.sequence = 0
        self.crc = ""
        self.trusted = False
        self.ballast = ""

    def recover(self):
        """Reads the last segment (more only after damage) and the tail into state, and returns a report:

        records      how many were read
        bad_bytes    how many bytes were no records: torn by a power cut, or damaged; kept in the files named in `kept`
        lost         how many whole records are missing or unreadable (0 after a mere power cut)
        problem      "" | "unkept" (what was bad could not be copied; it stays in its segment)
                     | "storage" (the flash cannot be read or written: state is what it was before)

        When bytes were bad, a line of audit about it is appended.
        """
        from pos.journal import recovery

        return recovery.recover(self)

    def append(self, *records):
        """Makes the records durable in one step and folds them into state. Raises JournalError."""
        from pos.journal import appending

        self.need_trusted()
        appending.append(self, records)

    def need_trusted(self):
        """Reads the flash again after a write that failed: it may have been done all the same. Raises JournalError when
        it cannot be read, or what is there is not what the caller decided by."""
        if not self.trusted:
            seen = self.state
            self.recover()
            if not self.trusted:
                raise JournalError("the journal cannot be read")
            if self.state != seen:
                raise JournalError("the state is not what the caller saw")

    def scan(self):
        """Yields every readable record that is still kept, oldest first; heads are left out. Raises JournalError."""
        from pos.journal import recovery

        return recovery.scan(self)

    def free_trace(self):
        """The trace number that the next request takes."""
        from pos.domain import trace

        return trace.next_trace(trace.highest(self.state))

    def highest_trace(self):
        """The highest trace number that may have been used."""
        from pos.domain import trace

        return trace.highest(self.state)

    def unprinted(self):
        """The approved transaction whose slips are not all printed, or None."""
        return self.state["last"] if self.state["slips"] != _ALL_PRINTED else None

    def full(self, limit=None):
        """Whether a new sale must wait for the settlement. limit: transactions in a batch (parameter); without it, only
        whether the flash was full, and the room that is kept for corrections and the settlement is being used."""
        from pos.journal import files

        if limit is not None:
            most = _SEGMENTS_TRAINING if self.folder.endswith("/training") else _SEGMENTS_MAX
            if self.state["count"] >= limit or len(self.segments) >= most:
                return True
        return bool(self.ballast) and not files.exists(self.ballast)


def path(folder, number, kind="log"):
    """Path of a segment, of what was kept of its unreadable part (kind "bad"), or of a small file (kind "tail")."""
    return "%s/%06d.%s" % (folder, number, kind)
