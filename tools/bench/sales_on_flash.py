"""Sales on a real littlefs, run in MicroPython by flash.py: what each way of keeping them writes to the flash.

Arguments: folder of the firmware, number of sales. Prints a line a way: its name, bytes programmed, blocks erased,
flushes, most flushes of one sale, blocks in use at the end.
"""

import gc
import json
import os
import sys

import vfs

sys.path.insert(0, sys.argv[1])

from pos.domain import transaction
from pos.journal import files
from pos.journal.journal import Journal

# The board's: blocks of 4 KB, 2 MB of them, read and programmed 32 bytes at a time.
_BLOCK_BYTES = 4096
_BLOCKS = 512
_UNIT_BYTES = 32
_PLACE = "/flash"


class Disk:
    """A flash in memory that counts."""

    def __init__(self):
        self.image = bytearray(b"\xff" * (_BLOCK_BYTES * _BLOCKS))
        self.programmed = self.erased = 0

    def readblocks(self, block, buffer, offset=0):
        at = block * _BLOCK_BYTES + offset
        buffer[:] = self.image[at : at + len(buffer)]
        return 0

    def writeblocks(self, block, buffer, offset=0):
        at = block * _BLOCK_BYTES + offset
        self.programmed += len(buffer)
        self.image[at : at + len(buffer)] = buffer
        return 0

    def ioctl(self, operation, block):
        if operation == 4:
            return _BLOCKS
        if operation == 5:
            return _BLOCK_BYTES
        if operation == 6:
            self.erased += 1
            at = block * _BLOCK_BYTES
            self.image[at : at + _BLOCK_BYTES] = b"\xff" * _BLOCK_BYTES
        return 0


class Lines:
    """A plain file with a line of JSON a record."""

    def __init__(self, folder):
        self.path = folder + ".jsonl"
        self.state = {}

    def append(self, record):
        files.append(self.path, json.dumps(record).encode() + b"\n")


def journal(folder):
    book = Journal(folder, key=bytes(range(16)))
    book.recover()
    book.append({"kind": "batch", "batch": 12})
    return book


def steps(number):
    """The three records of a sale: before it leaves, with its answer, when its slips are printed."""
    trace = number + 1
    now = (2026, 3, 14, 8 + number // 60, number % 60, 26)
    tx = transaction.make("sale", 1000 + 37 * number, "6200000000000013", "nfc", "01", now)
    tx["trace"], tx["batch"] = trace, 12
    yield {"kind": "intent", "tx": tx}
    answer = {"kind": "result", "state": "approved", "code": "00", "rrn": f"{31415092701 + number:012d}"}
    yield dict(tx, auth="A1B2C3", balance_minor=98765432 - number, **answer)
    yield {"kind": "printed", "trace": trace, "slips": 2}


def run(name, make, sales):
    gc.collect()
    disk = Disk()
    vfs.VfsLfs2.mkfs(disk, readsize=_UNIT_BYTES, progsize=_UNIT_BYTES, lookahead=_UNIT_BYTES)
    vfs.mount(vfs.VfsLfs2(disk, readsize=_UNIT_BYTES, progsize=_UNIT_BYTES, lookahead=_UNIT_BYTES), _PLACE)
    put, flushes = files._put, [0]

    def counted(path, mode, data):
        flushes[0] += 1
        put(path, mode, data)

    files._put = counted
    kept = make(_PLACE + "/journal-10000001")
    disk.programmed = disk.erased = flushes[0] = most = 0
    for number in range(sales):
        before = flushes[0]
        for record in steps(number):
            kept.append(record)
        most = max(most, flushes[0] - before)
    files._put = put
    space = os.statvfs(_PLACE)
    print(name, disk.programmed, disk.erased, flushes[0], most, space[2] - space[3])
    vfs.umount(_PLACE)


run("journal", journal, int(sys.argv[2]))
run("lines", Lines, int(sys.argv[2]))
