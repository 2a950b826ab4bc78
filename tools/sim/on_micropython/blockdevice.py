"""Flash chip of the simulated ESP32: a block device on a file, written through at every write.

What was written when the process is killed is there at the next start, what was not is not: as with a power cut.
"""

BLOCK_BYTES = 4096


class FileFlash:
    """Extended block device protocol of MicroPython over an image file whose size is a multiple of BLOCK_BYTES."""

    def __init__(self, path):
        self._file = open(path, "r+b")  # noqa: SIM115 - open as long as the power is on
        self._blocks = self._file.seek(0, 2) // BLOCK_BYTES

    def readblocks(self, block, buffer, offset=0):
        self._file.seek(block * BLOCK_BYTES + offset)
        self._file.readinto(buffer)
        return 0

    def writeblocks(self, block, buffer, offset=0):
        self._file.seek(block * BLOCK_BYTES + offset)
        self._file.write(buffer)
        return 0

    def ioctl(self, operation, argument):
        if operation == 4:
            return self._blocks
        if operation == 5:
            return BLOCK_BYTES
        return 0
