"""A file system so small that it can be filled: a tmpfs of its own, which only root may mount."""

import contextlib
import errno
import os
import subprocess
import tempfile
from pathlib import Path

BYTES = 192 * 1024 * 1024
BALLAST_BYTES = 1024 * 1024


class NoDisk(Exception):
    """It cannot be mounted here; the text says why."""


class SmallDisk:
    """A context manager; `folder` is the file system's root."""

    def __init__(self, size=BYTES):
        self._size = size
        self.folder = None

    def __enter__(self):
        # Not below pytest's own folder, which the database's server may not enter.
        self.folder = Path(tempfile.mkdtemp(prefix="pos-disk-", dir="/tmp"))
        options = ["-t", "tmpfs", "-o", f"size={self._size},mode=0755", "tmpfs"]
        done = subprocess.run(["mount", *options, self.folder], capture_output=True, text=True)
        if done.returncode:
            self.folder.rmdir()
            raise NoDisk(f"a small file system cannot be mounted here: {done.stderr.strip()}")
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", self.folder], check=True)
        self.folder.rmdir()

    @property
    def _ballast(self):
        return self.folder / "ballast"

    def fill(self):
        """To the last byte."""
        file = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            for size in (BALLAST_BYTES, 4096, 1):
                with contextlib.suppress(_Full), _full():
                    while True:
                        os.write(file, bytes(size))
        finally:
            os.close(file)

    def free(self):
        self._ballast.unlink(missing_ok=True)


class _Full(Exception):
    pass


@contextlib.contextmanager
def _full():
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise _Full from error
