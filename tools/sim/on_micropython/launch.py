"""Starts the terminal under MicroPython: `micropython launch.py IMAGE FAKES FD RUN_MAIN`.

Loads the fakes, connects the wire, mounts the flash image at `/` in place of the computer's own files, and does what
the ESP32 port does after reset: boot.py, then main.py.
"""

import gc
import sys

import vfs
from blockdevice import FileFlash


def _mount(image, fakes, fd):
    flash = FileFlash(image)
    sys.path[:] = [fakes]
    for name in ("esp32", "machine", "network"):
        __import__(name)  # now, while their files can be seen: the real ones are built in, too
    wire = sys.modules["wire"]
    wire.connect(fd)
    wire.hidden = vfs.VfsPosix(fakes)
    sys.modules.pop("blockdevice")
    vfs.umount("/")
    try:
        vfs.mount(vfs.VfsLfs2(flash), "/")
    except OSError:  # a new chip: the stock image formats it too
        vfs.VfsLfs2.mkfs(flash)
        vfs.mount(vfs.VfsLfs2(flash), "/")
    sys.path[:] = ["", ".frozen", "/lib"]
    del sys.argv[1:]


def _run(name):
    try:
        open(name).close()
    except OSError:
        return
    execfile(name)  # noqa: F821 - MicroPython has it


_run_main = sys.argv[4] == "1"
_mount(sys.argv[1], sys.argv[2], int(sys.argv[3]))
gc.collect()
sys.modules["wire"].backend.heap()  # what firmware starts from
_run("/boot.py")
if _run_main:
    _run("/main.py")
