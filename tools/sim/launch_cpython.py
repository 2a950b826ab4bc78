"""Starts the terminal under CPython: `python launch_cpython.py FLASH_FOLDER FD RUN_MAIN`.

The folder stands for the flash: it is the working directory, and absolute paths of files that lie in it or below
/data go there, so that firmware sees the same paths as on the device.
"""

import builtins
import gc
import io
import os
import runpy
import sys
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
_REDIRECTED = ("listdir", "mkdir", "remove", "rmdir", "stat", "statvfs", "unlink", "scandir", "makedirs")


def _redirect(flash):
    """Makes `/data/...` and what was deployed mean the same below `flash`."""
    flash = os.path.realpath(flash)
    first_parts = {"data"} | set(os.listdir(flash))
    stat = os.stat

    def moved(path):
        if isinstance(path, str) and path.startswith("/"):
            if path == "/":
                return flash
            if path.split("/", 2)[1] in first_parts:
                return flash + path
        return path

    def wrap(function):
        return lambda path, *rest, **named: function(moved(path), *rest, **named)

    builtins.open = wrap(io.open)
    for name in _REDIRECTED:
        setattr(os, name, wrap(getattr(os, name)))
    for name in ("rename", "replace"):
        function = getattr(os, name)
        setattr(os, name, lambda old, new, function=function: function(moved(old), moved(new)))
    os.ilistdir = lambda path=".": [
        (entry.name, 0x4000 if entry.is_dir() else 0x8000, 0, stat(entry.path).st_size) for entry in os.scandir(path)
    ]


def main(flash, fd, run_main):
    sys.path[:] = [p for p in sys.path if os.path.realpath(p) != str(HERE)]
    sys.path.insert(0, str(HERE.parents[1]))
    from tools.sim.cpython import shims

    shims.install()
    gc.threshold = lambda amount=-1: None
    sys.print_exception = traceback.print_exception
    sys.path.remove(str(HERE.parents[1]))  # firmware must not find the tools
    sys.path[:0] = [str(HERE / "fakes"), flash]
    import wire

    wire.connect(fd)
    os.chdir(flash)
    _redirect(flash)
    del sys.argv[1:]
    for name in ("boot.py", *(["main.py"] if run_main else [])):
        if os.path.exists(name):
            runpy.run_path(name, run_name="__main__")


if __name__ == "__main__":
    main(os.path.realpath(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "1")
