"""The list of deletions stays bounded: its oldest part is summed up in one line, and says so.

The line is a "deleting" record of the reason SUMMED_UP: how many deletions, how many records and what sum they took,
and the SHA-256 of the lines that it stands for, an earlier sum among them. So whoever has those lines elsewhere can
prove them, and the numbers never get less.
"""

from binascii import hexlify
from hashlib import sha256

from micropython import const

from pos.journal import files, record

SUMMED_UP = "06"  # of texts menu_del_; nobody can choose it
_CHUNK_BYTES = const(1024)


def condense(name, keep_bytes):
    """Sums up all lines of the file but the newest of at most so many bytes. One step: a cut leaves the file as it was.
    OSError."""
    skip = files.size(name) - keep_bytes
    digest, total, last, at = sha256(), _none(), 0, 0
    kept = bytearray()
    new = name + ".new"
    begun = False
    for raw in files.lines(name):
        at += len(raw)
        if at - len(raw) < skip:
            digest.update(raw)
            line = record.read(raw)
            if line:
                last = line.sequence
                _add(total, line.record)
            continue
        if not begun:
            begun = True
            total["digest"] = hexlify(digest.digest()).decode()
            files.replace(new, record.write(total, last, record.START, False)[0])
        kept.extend(raw)
        if len(kept) >= _CHUNK_BYTES:
            files.append(new, kept)
            kept = bytearray()
    if begun:
        if kept:
            files.append(new, kept)
        files.rename(new, name)


def _none():
    return {"kind": "deleting", "operator": "", "reason": SUMMED_UP, "deletions": 0, "count": 0, "amount_minor": 0}


def _add(total, found):
    if found.get("kind") == "deleting":
        for name in ("deletions", "count", "amount_minor"):
            value = found.get(name, 1 if name == "deletions" else 0)
            total[name] += value if isinstance(value, int) else 0  # another firmware may have written it
        if found.get("at"):
            total["at"] = found["at"]
