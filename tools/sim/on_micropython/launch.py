"""Starts the terminal under MicroPython: `micropython launch.py IMAGE FAKES FD RUN_MAIN`.

Mounts the flash image at `/` and the folder with the fakes at `/sim`, connects the wire, and does what the ESP32
port does after reset: boot.py, then main.py. From here on firmware sees nothing of the computer's own files.
"""

import sys

import vfs
from blockdevice import FileFlash


def _mount(image, fakes, fd):
    flash, sim = FileFlash(image), vfs.VfsPosix(fakes)
    sys.path[:] = [fakes]
    import wire

    wire.connect(fd)
    sys.modules.pop("blockdevice", None)
    vfs.umount("/")
    try:
        vfs.mount(vfs.VfsLfs2(flash), "/")
    except OSError:  # a new chip: the stock image formats it too
        vfs.VfsLfs2.mkfs(flash)
        vfs.mount(vfs.VfsLfs2(flash), "/")
    vfs.mount(sim, "/sim", readonly=True)
    sys.path[:] = ["/sim", "", ".frozen", "/lib"]
    del sys.argv[1:]


def _run(name):
    try:
        open(name).close()
    except OSError:
        return
    execfile(name)  # noqa: F821 - MicroPython has it


_run_main = sys.argv[4] == "1"
_mount(sys.argv[1], sys.argv[2], int(sys.argv[3]))
_run("/boot.py")
if _run_main:
    _run("/main.py")
