"""What stays when records go: the lines about deletions for ever, other audit lines as long as there is room.

deletions.log    every "deleting" and "deleted" record of segments that were dropped; the oldest summed up in one
audit-N.log      the other lines of such segments; the oldest file goes when there are FILES_MAX

Lines are kept byte for byte, each with its checksum and sequence number.
"""

from micropython import const

from pos.journal import files, record, tail
from pos.journal.errors import JournalError

FILE_BYTES_MAX = const(32768)
# With the segments, the ballast and the firmware that is what the flash of 2 MB holds, see README.md.
FILES_MAX = const(4)
# More than 50 deletions; then all but the newest lines of half as much are summed up.
DELETIONS_BYTES_MAX = const(32768)
_KINDS = ("deleting", "deleted")
# Of texts menu_del_, as reason; nobody can choose them.
UNREADABLE = "07"
BROKEN_OFF = "08"


def deletions(journal):
    """Yields the records about deletions, oldest first: "deleting" (who, when, why, count, amount_minor, digest, the
    filter) and "deleted" (count, digest). For a line that is damaged a "deleting" with the reason UNREADABLE and
    nothing else. Raises JournalError."""
    try:
        if files.exists(_deletions(journal)):
            for raw in files.lines(_deletions(journal)):
                for found in _deletion(raw, True):
                    yield found
        for number in journal.segments:
            for raw in tail.lines(journal, number):
                # One bit changes one of the two, or neither.
                for found in _deletion(raw, b'"kind": "delet' in raw or b'"digest": "' in raw):
                    yield found
    except OSError:
        raise JournalError("the evidence cannot be read")


def _deletion(raw, about):
    """The record in the line if it is about a deletion: one or none. about: whether it is, should it be damaged."""
    if not about or raw == b"\n":
        return ()
    line = record.read(raw) or record.read(raw[:-1] + b"\n")  # as in recovery: only the newline may be damaged
    if line:
        return (line.record,) if line.record.get("kind") in _KINDS else ()
    if raw[-1:] != b"\n":
        return ()  # cut off: it never happened
    return ({"kind": "deleting", "operator": "", "reason": UNREADABLE, "count": 0, "amount_minor": 0, "digest": ""},)


def is_open(journal):
    """Whether the newest deletion has begun and is not done, as far as can be read. Raises JournalError."""
    kind = ""
    for found in deletions(journal):
        kind = found["kind"]
    return kind == "deleting"


def keep(journal, raws):
    """Makes these lines durable; those that an earlier, cut-off try has kept already are not kept twice. Raises
    JournalError."""
    about, other = [], []
    for raw in raws:
        line = record.read(raw)
        (about if line and line.record.get("kind") in _KINDS else other).append(raw)
    try:
        if about:
            name = _deletions(journal)
            _append(name, about, *_last(name))
            if files.size(name) > DELETIONS_BYTES_MAX:
                from pos.journal import condensing

                condensing.condense(name, DELETIONS_BYTES_MAX // 2)
        if other:
            _keep_audit(journal.folder, other)
    except OSError:
        raise JournalError("the evidence cannot be written")


def _deletions(journal):
    return journal.folder + "/deletions.log"


def _append(name, raws, last, whole):
    lines = [] if whole else [b"\n"]  # a torn line stays torn, and ends there
    for raw in raws:
        line = record.read(raw)
        if line is None or line.sequence > last:
            lines.append(raw if raw[-1:] == b"\n" else raw + b"\n")
    if lines:
        files.append(name, lines)


def _last(name):
    """(sequence number of the last readable line, whether the file ends with a whole line)"""
    last, raw = 0, b"\n"
    if files.exists(name):
        for raw in files.lines(name):
            line = record.read(raw if raw[-1:] == b"\n" else raw + b"\n")  # only the newline was cut off
            if line:
                last = line.sequence
    return last, raw[-1:] == b"\n"


def _keep_audit(folder, raws):
    """Into the newest file, or into a new one when that is full; the oldest makes room."""
    names = [name for name in files.names(folder) if name.startswith("audit-") and name[6:12].isdigit()]
    newest = "{}/{}".format(folder, names[-1] if names else "audit-000001.log")
    last, whole = _last(newest)
    if names and files.size(newest) >= FILE_BYTES_MAX:
        newest, whole = "{}/audit-{:06d}.log".format(folder, int(names[-1][6:12]) + 1), True
        for name in names[: max(0, len(names) + 1 - FILES_MAX)]:
            files.remove(folder + "/" + name)
    _append(newest, raws, last, whole)
