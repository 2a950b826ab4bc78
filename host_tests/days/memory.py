"""Flash in memory: files below /flash-of/NUMBER, with the power that can go, and the chip that can fail, at any step.

What is written counts once it is flushed, synced or the file is closed; until then a power cut takes all of it. A flush
is four steps (nothing on the flash, half, all but the last byte, all), a rename or removal two. The firmware reaches it
by `open` and `os` as any other file, whichever of its modules does that.
"""

import builtins
import errno
import io
import os

from faults.power import Power, PowerCut

ROOT = "/flash-of/"
_volumes = {}
_handles = {}
# Texts and code tables of the firmware are looked up in their files, word by word: those are read once.
_TABLES = (".txt", ".bin")
_tables = {}


class Flash(Power):
    """One terminal's. `fail_once(writes, how)`: that write is refused, with none (0), half (1) or all (2) of it
    there."""

    def __init__(self, number):
        super().__init__()
        self.folder = ROOT + number
        self.files = {}
        self.folders = {self.folder}
        self.on_failure = None  # called when a write was refused
        self.failed_in_deed = False
        self._fails_in = None
        self._how = 0
        _volumes[self.folder] = self

    def fail_once(self, writes, how):
        self._fails_in, self._how = writes, how

    def restore(self):
        super().restore()
        self._fails_in = None

    def copy_to(self, number):
        """The same files under another number, for whoever reads without leaving a trace."""
        other = Flash(number)
        for path, data in self.files.items():
            other.files[other.folder + path[len(self.folder) :]] = data
        other.folders = {other.folder + path[len(self.folder) :] for path in self.folders}
        return other

    def commit(self, path, old, data):
        """Makes `old + data` the file; where it is cut off, less of data."""
        self.alive()
        if self._fails_in is not None:
            self._fails_in -= 1
            if self._fails_in <= 0:
                self._fails_in = None
                self.failed_in_deed = True
                if self.on_failure:
                    self.on_failure()
                size = (0, len(data) // 2, len(data))[self._how]
                if size:
                    self.files[path] = old + data[:size]
                raise OSError(errno.EIO, "the flash fails")
        for size in (0, len(data) // 2, len(data) - 1):
            if self.step():
                if size > 0 or not old:
                    self.files[path] = old + data[: max(size, 0)]
                raise PowerCut()
        self.files[path] = old + data
        self.pass_step()


class _File:
    """An open file: bytes only, as the firmware opens them."""

    def __init__(self, flash, path, mode):
        flash.alive()
        if flash.folders.isdisjoint((path.rpartition("/")[0],)):
            raise OSError(errno.ENOENT, path)
        self._flash, self._path = flash, path
        self._at = 0
        self._old = flash.files.get(path, b"")
        self._new = b""
        self._dirty = False
        self.mode = mode
        self.closed = False
        kind = mode.replace("b", "")
        if kind == "r" and path not in flash.files:
            raise OSError(errno.ENOENT, path)
        if kind.startswith("w"):
            self._old, self._dirty = b"", True
        elif kind.startswith("a"):
            self._dirty = path not in flash.files
        elif kind != "r":
            raise ValueError(f"mode {mode}")
        self._writes = kind[0] in "wa"

    def write(self, data):
        self._flash.alive()
        if not self._writes:
            raise OSError(errno.EBADF, self._path)
        self._new += bytes(data)
        self._dirty = True
        return len(data)

    def flush(self):
        if self._dirty:
            old, new = self._old, self._new
            self._dirty, self._new = False, b""
            try:
                self._flash.commit(self._path, old, new)
            finally:
                self._old = self._flash.files.get(self._path, b"")

    def fileno(self):
        _handles[id(self)] = self
        return _Handle(id(self))

    def read(self, size=-1):
        self._flash.alive()
        end = len(self._old) if size is None or size < 0 else self._at + size
        data = self._old[self._at : end]
        self._at += len(data)
        return data

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readline(self):
        self._flash.alive()
        end = self._old.find(b"\n", self._at) + 1
        return self.read((end or len(self._old)) - self._at)

    def __iter__(self):
        while line := self.readline():
            yield line

    def seek(self, at, whence=0):
        self._at = at + (0, self._at, len(self._old))[whence]
        return self._at

    def tell(self):
        return self._at

    def close(self):
        if not self.closed:
            self.closed = True
            _handles.pop(id(self), None)
            if not self._flash.failed:
                self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class _Handle(int):
    """What fileno() gives and fsync() takes."""


def _volume(path):
    if isinstance(path, str) and path.startswith(ROOT):
        end = path.find("/", len(ROOT))
        return _volumes[path if end < 0 else path[:end]]
    return None


def _open(path, mode="r", *arguments, **options):
    flash = _volume(path)
    if flash is not None:
        return _File(flash, path, mode)
    if mode == "rb" and isinstance(path, str) and path.endswith(_TABLES):
        if path not in _tables:
            with _real["open"](path, "rb") as file:
                _tables[path] = file.read()
        return io.BytesIO(_tables[path])
    return _real["open"](path, mode, *arguments, **options)


def _fsync(handle):
    if isinstance(handle, _Handle):
        return _handles[int(handle)].flush()
    return _real["fsync"](handle)


def _rename(flash, old, new):
    flash.pass_step()
    if old not in flash.files:
        raise OSError(errno.ENOENT, old)
    flash.files[new] = flash.files.pop(old)
    flash.pass_step()


def _remove(flash, path):
    flash.pass_step()
    if path not in flash.files:
        raise OSError(errno.ENOENT, path)
    del flash.files[path]
    flash.pass_step()


def _stat(flash, path):
    flash.alive()
    if path in flash.files:
        return os.stat_result((0o100644, 0, 0, 1, 0, 0, len(flash.files[path]), 0, 0, 0))
    if path in flash.folders:
        return os.stat_result((0o040755, 0, 0, 1, 0, 0, 0, 0, 0, 0))
    raise OSError(errno.ENOENT, path)


def _listdir(flash, path):
    flash.alive()
    if path not in flash.folders:
        raise OSError(errno.ENOENT, path)
    start = len(path) + 1
    return sorted(
        name[start:]
        for name in (*flash.files, *flash.folders)
        if name.startswith(path + "/") and "/" not in name[start:]
    )


def _mkdir(flash, path, *_):
    flash.pass_step()
    if path in flash.folders:
        raise OSError(errno.EEXIST, path)
    flash.folders.add(path)


def _rmdir(flash, path):
    flash.pass_step()
    if _listdir(flash, path):
        raise OSError(errno.ENOTEMPTY, path)
    flash.folders.discard(path)


def _statvfs(flash, path):
    used = sum(-len(data) // 4096 * -1 for data in flash.files.values())
    return os.statvfs_result((4096, 4096, 512, max(0, 512 - used), max(0, 512 - used), 0, 0, 0, 0, 255))


_OURS = {
    "rename": _rename,
    "remove": _remove,
    "unlink": _remove,
    "stat": _stat,
    "listdir": _listdir,
    "mkdir": _mkdir,
    "rmdir": _rmdir,
    "statvfs": _statvfs,
}
_real = {}


def install():
    """From now on paths below ROOT are in memory; all others are as ever."""
    if _real:
        return
    _real.update(open=builtins.open, fsync=os.fsync)
    builtins.open, os.fsync = _open, _fsync
    for name, ours in _OURS.items():
        setattr(os, name, _either(getattr(os, name), ours))


def _either(real, ours):
    def call(path, *arguments, **options):
        flash = _volume(path)
        return real(path, *arguments, **options) if flash is None else ours(flash, path, *arguments)

    return call


def forget():
    """Every flash is gone."""
    _volumes.clear()
    _handles.clear()
