"""The few file operations that journal and store are made of: a power cut can come before or after each, not within.

Every write is flushed (and synced, where the system has that) before the function returns.
"""

import errno
import os

from micropython import const

_ENOSPC = const(28)  # not among the names of MicroPython's errno


def append(path, data):
    """Adds bytes, or a list of them, to the end of a file, which is made if need be. OSError: some, all or none may be
    there."""
    before = size(path) if exists(path) else 0
    try:
        _put(path, "ab", data)
    except OSError as error:
        _make_room(error, path)
        if exists(path) and size(path) != before:
            raise  # a part of it is there: it must not be there twice
        _put(path, "ab", data)


def replace(path, data):
    """Makes the file anew with these bytes, or a list of them, or what yields them again at each iteration."""
    try:
        _put(path, "wb", data)
    except OSError as error:
        _make_room(error, path)
        _put(path, "wb", data)


def read(path):
    """All bytes of a (small) file; OSError when there is none."""
    file = open(path, "rb")
    try:
        return file.read()
    finally:
        file.close()


def read_into(path, at, buffer):
    """Fills the buffer with what stands from byte `at` on; how many bytes that were."""
    file = open(path, "rb")
    try:
        file.seek(at)
        return file.readinto(buffer)
    finally:
        file.close()


def read_end(path, buffer):
    """Fills the buffer with the end of the file; (bytes in the file, how many of them are in the buffer)."""
    file = open(path, "rb")
    try:
        size = file.seek(0, 2)
        file.seek(max(0, size - len(buffer)))
        return size, file.readinto(buffer)
    finally:
        file.close()


def first_line(path):
    """The first line of a file, with its newline if it has one."""
    file = open(path, "rb")
    try:
        return file.readline()
    finally:
        file.close()


def lines(path):
    """Yields the lines of a file with their newline; the last one may lack it."""
    file = open(path, "rb")
    try:
        while True:
            line = file.readline()
            if not line:
                return
            yield line
    finally:
        file.close()


def rename(old, new):
    """Takes the place of `new` in one step."""
    try:
        os.rename(old, new)
    except OSError as error:
        _make_room(error, new)
        os.rename(old, new)


def remove(path):
    """Deletes a file."""
    os.remove(path)


def exists(path):
    """Whether there is such a file."""
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def size(path):
    """Bytes in the file; OSError when there is none."""
    return os.stat(path)[6]


def names(folder):
    """Names in a folder, sorted; a missing folder is made."""
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
    os.mkdir(folder)
    return []


def _make_room(error, path):
    """Gives the ballast up where the flash is full. Raises the error when that is not so, or there is none."""
    if error.errno == _ENOSPC:
        from pos.journal import ballast

        if ballast.give_up(path):
            return
    raise error


def _put(path, mode, data):
    file = open(path, mode)
    try:
        for piece in (data,) if isinstance(data, (bytes, bytearray)) else data:
            if file.write(piece) != len(piece):
                raise OSError(errno.EIO, "short write")
        file.flush()
        if hasattr(os, "fsync"):
            os.fsync(file.fileno())
    finally:
        file.close()
