"""A NOR flash in memory under a real littlefs, as on the board: it records each operation, and tears them later."""

import hashlib

import vfs
from micropython import const

BLOCK_BYTES = const(4096)
UNIT_BYTES = const(32)  # littlefs on the ESP32 reads and programs in these units
PLACE = "/crash"
FOREIGN = "/foreign"  # what a flow has filled it with
DEAD = -5
NO_SPACE = 28
ERASE, SYNC = None, -1  # in the place of what is programmed
_BLANK = b"\xff" * BLOCK_BYTES
_GET_BLOCKS, _GET_BYTES, _ERASE, _SYNC = const(4), const(5), const(6), const(3)

# How an operation is torn, see torn(): so many quarters are done; the rest is as before, or noise.
TORN_PROGRAM = ((1, False), (2, False), (3, False), (2, True))
TORN_ERASE = ((1, False), (2, False), (3, False), (0, True))


class Flash:
    """image: what is on it. log: None, or the operations since it was made a list: (address, bytes | ERASE | SYNC).
    It is dead after `alive` more of them: then nothing is changed any more, and each is answered with an error."""

    def __init__(self, image, alive=-1):
        self.image = image
        self.log = None
        self.alive = alive

    @property
    def dead(self):
        return self.alive == 0

    def _works(self):
        if self.alive > 0:
            self.alive -= 1
            return True
        return self.alive < 0

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK_BYTES + offset
        buffer[:] = self.image[at : at + len(buffer)]
        return 0

    def writeblocks(self, block, buffer, offset=0):
        if not self._works():
            return DEAD
        self._do((block * BLOCK_BYTES + offset, bytes(buffer)))
        return 0

    def ioctl(self, operation, block):
        if operation == _GET_BLOCKS:
            return len(self.image) // BLOCK_BYTES
        if operation == _GET_BYTES:
            return BLOCK_BYTES
        if operation in (_ERASE, _SYNC):
            if not self._works():
                return DEAD
            self._do((block * BLOCK_BYTES, ERASE) if operation == _ERASE else (0, SYNC))
        return 0

    def _do(self, operation):
        if self.log is not None:
            self.log.append(operation)
        apply(self.image, operation)


def apply(image, operation):
    """Carries out an operation. Programming only takes bits away, as on the chip."""
    at, data = operation
    if data is SYNC:
        return
    if data is ERASE:
        image[at : at + BLOCK_BYTES] = _BLANK
        return
    before = bytes(image[at : at + len(data)])
    if before != _BLANK[: len(data)]:
        both = int.from_bytes(before, "big") & int.from_bytes(data, "big")
        data = both.to_bytes(len(data), "big")
    image[at : at + len(data)] = data


def ways_to_tear(operation):
    """Ways in which the power can go within this operation: (quarters done, whether the rest is noise)."""
    if operation[1] is SYNC:
        return ()
    return TORN_ERASE if operation[1] is ERASE else TORN_PROGRAM


def torn(image, operation, way, seed):
    """A copy of the image with the operation torn."""
    quarters, noise = way
    at, data = operation
    image = bytearray(image)
    size = BLOCK_BYTES if data is ERASE else len(data)
    done = size * quarters // 4
    if data is ERASE:
        image[at : at + done] = _BLANK[:done]
        if noise:
            image[at + done : at + size] = _noise(size - done, seed)
    else:
        apply(image, (at, data[:done]))
        if noise:
            apply(image, (at + done, _noise(size - done, seed)))
    return image


def _noise(size, seed):
    data = b""
    while len(data) < size:
        data += hashlib.sha256(b"%d %d" % (seed, len(data))).digest()
    return data[:size]


def formatted(blocks):
    """The image of a flash with an empty file system."""
    flash = Flash(bytearray(_BLANK * blocks))
    vfs.VfsLfs2.mkfs(flash, readsize=UNIT_BYTES, progsize=UNIT_BYTES, lookahead=UNIT_BYTES)
    return flash.image


def open_fs(flash):
    """The file system; without times of files, so that each run has the same operations. OSError."""
    return vfs.VfsLfs2(flash, readsize=UNIT_BYTES, progsize=UNIT_BYTES, lookahead=UNIT_BYTES, mtime=False)


def mount(flash):
    """At PLACE, in the place of what is mounted there."""
    unmount()
    vfs.mount(open_fs(flash), PLACE)


def unmount():
    try:
        vfs.umount(PLACE)
    except OSError:
        pass


def digest(image):
    """What all files of the image are, names and bytes: two images with the same are one to the firmware. OSError."""
    all_of_it = hashlib.sha256()
    for path, data in files(image):
        all_of_it.update(b"%s\0%d\0" % (path.encode(), -1 if data is None else len(data)))
        all_of_it.update(data or b"")
    return all_of_it.digest()


def files(image):
    """Yields (path, bytes or None for a folder) of an image, sorted. OSError."""
    system = open_fs(Flash(image, 0))
    folders = [""]
    while folders:
        folder = folders.pop(0)
        for entry in sorted(system.ilistdir(folder or "/")):
            path = folder + "/" + entry[0]
            if entry[1] == 0x4000:
                folders.append(path)
                yield path, None
            else:
                file = system.open(path, "rb")
                data = file.read()
                file.close()
                yield path, data


def still_writable(image, before):
    """Whether a file can be made, filled, renamed and removed on it, and nothing else is changed by that: its digest is
    the one before. OSError."""
    try:
        return _takes_files(image, before)
    except OSError as error:
        if error.errno != NO_SPACE:
            raise
    image = bytearray(image)
    open_fs(Flash(image)).remove(FOREIGN)
    return _takes_files(image, digest(image))


def _takes_files(image, before):
    image = bytearray(image)
    system = open_fs(Flash(image))
    for size in (40, 300):  # within its directory's block, and in one of its own
        file = system.open("/probe.new", "wb")
        file.write(b"p" * size)
        file.close()
        system.rename("/probe.new", "/probe")
    file = open_fs(Flash(image)).open("/probe", "rb")
    whole = file.read() == b"p" * 300
    file.close()
    open_fs(Flash(image)).remove("/probe")
    return whole and digest(image) == before
