"""Room that is kept on the flash for what must still go when it is full: corrections, what waits, the settlement.

A file "ballast" in the folder above those of the journals, of which only its size is of use. recovery.make makes it. A
write that finds no room gives it up and is tried again (files.py); from then on there are no new sales (Journal.full)
until a settlement, or old records that go, have made room for another.
"""

import os

from micropython import const

from pos.journal import files

# What is only practised has no right to it.
_TRAINING = const("/training/")


def give_up(path):
    """Makes room for a write to this file, by the ballast of a folder above it; False: there is none. OSError."""
    if _TRAINING in path:
        return False
    while "/" in path:
        path = path.rpartition("/")[0]
        if files.exists(path + "/ballast"):
            os.remove(path + "/ballast")
            return True
    return False
