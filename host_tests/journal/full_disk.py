"""A flash that is full: files in memory below files.py, which take so many bytes and no more.

torn: what fits of a write is kept, as on a file system less careful than littlefs; else nothing of it is.
"""

import errno
import os

from pos.journal import ballast, files, recovery

NO_SPACE = 28


class Disk:
    """room: bytes that may be on it. full_at: this operation of those that need room (from 1) finds none, nor does any
    after it until something is removed."""

    def __init__(self, room=1 << 30, torn=False, full_at=0):
        self.room, self.torn, self.full_at = room, torn, full_at
        self.content = {}
        self.steps = 0
        self.refused = 0
        self._full = False

    def __enter__(self):
        files.open = recovery.open = self.open
        files.os = ballast.os = recovery.os = self
        return self

    def __exit__(self, *what):
        files.open = recovery.open = open
        files.os = ballast.os = recovery.os = os

    def free(self):
        return max(0, self.room - sum([len(data) for data in self.content.values()]))

    def needs_room(self):
        """One operation that does."""
        self.steps += 1
        if self._full or self.steps == self.full_at:
            self._full = True
            self.refuse()

    def refuse(self):
        self.refused += 1
        raise OSError(NO_SPACE, "no space")

    # What files.py asks of the system

    def open(self, path, mode):
        if mode == "rb":
            if path not in self.content:
                raise OSError(errno.ENOENT, path)
        else:
            self.needs_room()
            if mode == "wb" or path not in self.content:
                self.content[path] = b""
        return _File(self, path)

    def rename(self, old, new):
        self.needs_room()
        self.content[new] = self.content.pop(old)

    def remove(self, path):
        if path not in self.content:
            raise OSError(errno.ENOENT, path)
        del self.content[path]
        self._full = False

    def stat(self, path):
        if path not in self.content:
            raise OSError(errno.ENOENT, path)
        return (0, 0, 0, 0, 0, 0, len(self.content[path]), 0, 0, 0)

    def listdir(self, folder):
        return [name[len(folder) + 1 :] for name in self.content if name.startswith(folder + "/")]

    def mkdir(self, folder):
        pass

    def statvfs(self, path):
        blocks = 0 if self._full else self.free() // 32
        return (32, 32, self.room // 32, blocks, blocks, 0, 0, 0, 0, 255)


class _File:
    def __init__(self, disk, path):
        self._disk, self._path, self._at = disk, path, 0
        self._waiting = b""  # littlefs shows nothing of what is written before it is flushed, and drops it at an error

    def write(self, data):
        disk, before, self._waiting = self._disk, self._waiting, b""
        disk.needs_room()
        fits = min(len(data), disk.free() - len(before))
        if fits == len(data) or disk.torn:
            self._waiting = before + bytes(data[:fits])
        if disk.torn:
            self.flush()
        if fits < len(data):
            disk.refuse()
        return len(data)

    def read(self):
        return self._disk.content[self._path][self._at :]

    def readinto(self, buffer):
        data = self._disk.content[self._path][self._at : self._at + len(buffer)]
        buffer[: len(data)] = data
        return len(data)

    def readline(self):
        data = self._disk.content[self._path]
        end = data.find(b"\n", self._at) + 1 or len(data)
        line, self._at = data[self._at : end], end
        return line

    def seek(self, to, whence=0):
        self._at = to + (len(self._disk.content[self._path]) if whence == 2 else 0)
        return self._at

    def flush(self):
        if self._waiting:
            self._disk.content[self._path] += self._waiting
            self._waiting = b""

    def close(self):
        self.flush()
