"""A power supply for tests: cuts at a chosen step of the file operations, with writes torn in several places.

folder() keeps the files of a journal in memory: thousands of power cuts in a second, where a disk would sync each time.
"""

import errno

from pos.journal import files, tail

_PREFIX = "memory:"
_disk = {}
_folders = 0


def folder():
    """Path of a fresh, empty folder in memory. files.py goes on to use the disk for every other path."""
    global _folders
    if not _folders:
        for name in _MEMORY:
            setattr(files, name, _either(_MEMORY[name], getattr(files, name)))
    _folders += 1
    return "%s%d" % (_PREFIX, _folders)


def joined(data):
    """What a write of files.py puts on the flash, in one piece: it is given bytes, or what yields them."""
    return bytes(data) if isinstance(data, (bytes, bytearray)) else b"".join(data)


def says(data, word):
    """Whether the word is in what is written to a journal: lines, or a step in a small file."""
    data = joined(data)
    step = tail.read(data)
    return word in data or bool(step and [text for text in step.record if word in text])


def damage(folder, word):
    """Damages the first line of a journal that says this word, or else the first small file."""
    files.replace(*damaged(folder, word))


def damaged(folder, word, names=None):
    """(path of the file that this is, what is in it afterwards). names: of the files to look into."""
    for name in names or sorted(files.names(folder), key=lambda name: (name.endswith(".tail"), name)):
        name = folder + "/" + name
        data = files.read(name)
        if says(data, word):
            at = max(20, data.find(word) + 1)  # after the head of a small file
            return name, data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
    raise AssertionError(word)


def forget():
    """Drops all folders in memory."""
    _disk.clear()


def _either(in_memory, on_disk):
    def chosen(path, *rest):
        return (in_memory if path.startswith(_PREFIX) else on_disk)(path, *rest)

    return chosen


def _put(path, mode, data):
    _disk[path] = (_disk.get(path, b"") if mode == "ab" else b"") + joined(data)


def _read(path):
    if path not in _disk:
        raise OSError(errno.ENOENT, path)
    return _disk[path]


def _read_into(path, at, buffer):
    data = _read(path)[at : at + len(buffer)]
    buffer[: len(data)] = data
    return len(data)


def _read_end(path, buffer):
    size = len(_read(path))
    return size, _read_into(path, max(0, size - len(buffer)), buffer)


def _first_line(path):
    data = _read(path)
    return data[: data.find(b"\n") + 1 or len(data)]


def _lines(path):
    data = _read(path)
    at = 0
    while at < len(data):
        end = data.find(b"\n", at) + 1 or len(data)
        yield data[at:end]
        at = end


def _rename(old, new):
    _disk[new] = _read(old)
    del _disk[old]


def _remove(path):
    _read(path)
    del _disk[path]


def _names(path):
    return sorted(name[len(path) + 1 :] for name in _disk if name.startswith(path + "/"))


_MEMORY = {
    "_put": _put,
    "read": _read,
    "read_into": _read_into,
    "read_end": _read_end,
    "first_line": _first_line,
    "lines": _lines,
    "rename": _rename,
    "remove": _remove,
    "exists": lambda path: path in _disk,
    "size": lambda path: len(_read(path)),
    "names": _names,
}


class PowerCut(BaseException):
    """The power is gone: no handler of the firmware may catch it."""


class Supply:
    """Counts steps from `install()` to `remove()`; step number cut_at (from 1) is never finished, 0 cuts nothing.

    A write is four steps: nothing of it there, half, all but the last byte, all. A rename or removal is two.
    """

    def __init__(self, cut_at=0):
        self.cut_at = cut_at
        self.steps = 0
        self._real = None

    def step(self):
        """Whether the power goes now."""
        self.steps += 1
        return self.steps == self.cut_at

    def cuts(self, work, *arguments):
        """Calls it with this supply in the wall; whether the power went before its end."""
        self.install()
        try:
            work(*arguments)
        except PowerCut:
            return True
        finally:
            self.remove()
        return False

    def pass_or_cut(self):
        """One step of something that is not a file operation."""
        if self.step():
            raise PowerCut()

    def install(self):
        self._real = files._put, files.rename, files.remove
        files._put, files.rename, files.remove = self._put, self._rename, self._remove
        return self

    def remove(self):
        files._put, files.rename, files.remove = self._real

    def _put(self, path, mode, data):
        data = joined(data)
        for size in (0, len(data) // 2, len(data) - 1):
            if self.step():
                if size:
                    self._real[0](path, mode, data[:size])
                elif mode == "wb":
                    self._real[0](path, mode, b"")
                raise PowerCut()
        self._real[0](path, mode, data)
        self.pass_or_cut()

    def _rename(self, old, new):
        self.pass_or_cut()
        self._real[1](old, new)
        self.pass_or_cut()

    def _remove(self, path):
        self.pass_or_cut()
        self._real[2](path)
        self.pass_or_cut()
