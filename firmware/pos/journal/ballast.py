"""Room that is kept on the flash for what must still go when it is full: corrections, what waits, the settlement.

A file of which only its size is of use. A write that finds no room gives it up and is tried again (files.py); from then
on there are no new sales (Journal.full) until a settlement, or old records that go, have made room for another.
"""

import os

from micropython import const

from pos.journal import files

# 32 blocks of 4 KB: some 90 corrections of three steps each (0.33 blocks a transaction), the settlement, and the copies
# that settings and the operators' file are replaced by.
BALLAST_BYTES = const(131_072)
# What must be free besides when it is made: room for 48 sales, so that it is not given up again at once.
_BESIDES_BYTES = const(65_536)
_CHUNK_BYTES = const(1024)
# What is only practised has no right to it.
_TRAINING = const("/training/")


def path(folder):
    """Where it lies: in the folder above those of the journals."""
    return folder + "/ballast"


def make(name):
    """Sees to it that the file is there; False: there is no room, or the flash does not take it."""
    if files.exists(name):
        return True
    new = name + ".new"
    try:
        _remove(new)  # of a try that was cut off
        space = os.statvfs(name.rpartition("/")[0])
        if space[1] * space[4] < BALLAST_BYTES + _BESIDES_BYTES:
            return False
        _fill(new)
        os.rename(new, name)
    except OSError:
        return False
    return True


def _fill(new):
    """All of it or nothing. OSError."""
    chunk = b"\xff" * _CHUNK_BYTES  # the level of erased flash
    try:
        file = open(new, "wb")
        try:
            for _ in range(BALLAST_BYTES // _CHUNK_BYTES):
                file.write(chunk)
        finally:
            file.close()
    except OSError:
        _remove(new)
        raise


def give_up(about):
    """Makes room for a write to this file, by the ballast of a folder above it; False: there is none. OSError."""
    if _TRAINING in about:
        return False
    while "/" in about:
        about = about.rpartition("/")[0]
        if _remove(about + "/ballast"):
            return True
    return False


def _remove(name):
    """Whether the file was there; it is gone."""
    there = files.exists(name)
    if there:
        os.remove(name)
    return there
