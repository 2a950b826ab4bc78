"""The journal on a real littlefs (MicroPython): the power goes at every single block write, whole and torn."""

import sys

if sys.implementation.name == "micropython":
    import vfs

sys.path.insert(0, __file__.rpartition("/")[0])

import records
from pos.journal import store
from pos.journal.journal import Journal, JournalError

SLOW = True
BLOCK_BYTES = 4096
BLOCKS = 32
# littlefs on the ESP32 reads and programs in these units.
UNIT_BYTES = 32
DEAD = -5
PLACE = "/cut"
SEGMENT_BYTES = 1500


class RamDisk:
    """A flash of 128 KB that logs what is done to it, and dies after so many writes and erases."""

    def __init__(self, image=None, alive=1000000):
        self.image = bytearray(image) if image else bytearray(b"\xff" * (BLOCK_BYTES * BLOCKS))
        self.log = []
        self.alive = alive

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK_BYTES + offset
        buffer[:] = self.image[at : at + len(buffer)]
        return 0

    def writeblocks(self, block, buffer, offset=0):
        if len(self.log) >= self.alive:
            return DEAD
        at = block * BLOCK_BYTES + offset
        self.log.append((at, bytes(buffer)))
        self.image[at : at + len(buffer)] = buffer
        return 0

    def ioctl(self, operation, block):
        if operation == 4:
            return BLOCKS
        if operation == 5:
            return BLOCK_BYTES
        if operation == 6:
            if len(self.log) >= self.alive:
                return DEAD
            at = block * BLOCK_BYTES
            self.log.append((at, None))
            self.image[at : at + BLOCK_BYTES] = b"\xff" * BLOCK_BYTES
        return 0


def mount(disk):
    vfs.mount(vfs.VfsLfs2(disk, readsize=UNIT_BYTES, progsize=UNIT_BYTES, lookahead=UNIT_BYTES), PLACE)


def formatted():
    disk = RamDisk()
    vfs.VfsLfs2.mkfs(disk, readsize=UNIT_BYTES, progsize=UNIT_BYTES, lookahead=UNIT_BYTES)
    return disk.image


def applied(image, operation, size=None):
    """One logged operation, or its first bytes."""
    at, data = operation
    data = (b"\xff" * BLOCK_BYTES if data is None else data)[:size]
    image[at : at + len(data)] = data


def work(disk, marks):
    """The day on a journal and a store; after each durable step, how far the disk's log was."""
    mount(disk)
    try:
        book = Journal(PLACE + "/journal", SEGMENT_BYTES)
        book.recover()
        for number, step in enumerate(records.DAY):
            book.append(*step)
            store.save(PLACE + "/count.json", number)
            marks.append(len(disk.log))
    finally:
        vfs.umount(PLACE)


def check(image, done):
    """What a terminal finds that starts with this flash, of which `done` steps were acknowledged."""
    disk = RamDisk(image)
    mount(disk)
    try:
        book = Journal(PLACE + "/journal", SEGMENT_BYTES)
        report = book.recover()
        assert report["lost"] == 0 and report["problem"] == "", (done, report)
        read = [record for record in book.scan() if record.get("what") != "recovered"]
        sure = [record for step in records.DAY[:done] for record in step]
        maybe = sure + (list(records.DAY[done]) if done < len(records.DAY) else [])
        assert read in (sure, maybe), (done, len(read))
        value, problem = store.load(PLACE + "/count.json", -1)
        assert value in (done - 1, done) and problem in (None, "missing"), (done, value, problem)
        book.append({"kind": "audit", "what": "goes on"})
    finally:
        vfs.umount(PLACE)


def test_every_block_write_survives_a_cut():
    if sys.implementation.name != "micropython":
        return  # littlefs is part of MicroPython
    start = formatted()
    disk, marks = RamDisk(start), []
    work(disk, marks)
    image = bytearray(start)
    done = 0
    for number, operation in enumerate(disk.log):
        while done < len(marks) and marks[done] <= number:
            done += 1
        check(image, done)
        torn = bytearray(image)
        applied(torn, operation, len(operation[1] or b"") // 2)
        check(torn, done)
        applied(image, operation)
    check(image, len(records.DAY))
    assert len(disk.log) > 5 * len(records.DAY)


def test_a_flash_that_dies_is_an_error_and_no_more():
    if sys.implementation.name != "micropython":
        return
    start = formatted()
    whole, marks = RamDisk(start), []
    work(whole, marks)
    for alive in range(1, len(whole.log), 7):
        disk, marks = RamDisk(start, alive), []
        try:
            work(disk, marks)
        except (JournalError, store.StoreError):
            pass
        except OSError:
            assert not marks, "only mounting and making the folder may say it in the file system's words"
        else:
            raise AssertionError("the flash was dead, and nobody noticed")
        check(disk.image, len(marks))
