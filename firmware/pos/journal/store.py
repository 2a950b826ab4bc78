"""Small values in files of their own (settings, parameters, operators): checked when read, replaced in one step.

    pos1 CRC32 LENGTH\n JSON

A save writes PATH.new, keeps the old file as PATH.old (PATH.bad when it is damaged) and renames the new one into its
place. A load takes the first of PATH, PATH.new, PATH.old that is whole: at each moment of a save that is either the
old or the new value.
"""

import errno
import json
from binascii import crc32

from micropython import const

from pos.journal import files
from pos.journal.errors import StoreError

_MARK = const("pos1")


def load(path, default):
    """(value, problem): problem is None, "missing" (default), "damaged" (default) or "old" (an earlier value)."""
    damaged = torn = False
    for at, name in enumerate((path, path + ".new", path + ".old")):
        try:
            value = _decode(files.read(name))
        except OSError as error:
            damaged = damaged or (at == 0 and error.errno != errno.ENOENT)
            continue
        except ValueError:
            damaged = damaged or at == 0
            # Without PATH a save was cut off after .new was whole; in the first of all saves there is no .old, either.
            torn = torn or at == 1
            continue
        return value, "old" if damaged or (torn and at == 2) else None
    return default, "damaged" if damaged else "missing"


def save(path, value):
    """Stores a JSON value in one step. Raises StoreError."""
    text = json.dumps(value).encode()
    head = "{} {:08x} {}\n".format(_MARK, crc32(text) & 0xFFFFFFFF, len(text)).encode()
    try:
        if not files.exists(path) and _whole(path + ".new"):
            files.rename(path + ".new", path)  # a save that was cut off between its two renames
        files.replace(path + ".new", head + text)
        if files.exists(path):
            files.rename(path, path + (".old" if _whole(path) else ".bad"))
        files.rename(path + ".new", path)
    except OSError:
        raise StoreError(path)


def has_copy(path):
    """Whether PATH.old is there and whole."""
    return _whole(path + ".old")


def _whole(path):
    try:
        _decode(files.read(path))
    except (OSError, ValueError):
        return False
    return True


def _decode(data):
    """The value in these bytes; ValueError when they are not whole."""
    head, newline, text = bytes(data).partition(b"\n")
    if not newline or head != "{} {:08x} {}".format(_MARK, crc32(text) & 0xFFFFFFFF, len(text)).encode():
        raise ValueError("not whole")
    return json.loads(text)
