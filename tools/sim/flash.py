"""The terminal's flash, seen from the computer: a littlefs image (MicroPython) or a folder (CPython).

Both have `read(path)`, `write({path: bytes})`, `remove(paths)`, `files()`, `deploy(...)`; paths are absolute, as on the
device. An image may only be used while its terminal is off.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ON_MICROPYTHON = Path(__file__).parent / "on_micropython"
IMAGE_BYTES = 2 << 20  # the file system partition of the stock image for a 4 MB ESP32
TOOL_TIMEOUT_S = 60
STORE_NAMES = ("", ".new", ".old")


class FlashError(Exception):
    """The image could not be read or written; the text is what MicroPython said."""


def micropython_command(script, *arguments, heap="16M", interactive=False):
    """Command line that runs a script under the MicroPython installed beside this Python."""
    options = ["-X", f"heapsize={heap}", *(["-i"] if interactive else [])]
    start = "import sys, micropython_unix; sys.argv[0] = 'micropython'; sys.exit(micropython_unix.main())"
    return [sys.executable, "-c", start, *options, str(script), *map(str, arguments)]


class _Flash:
    """What both kinds share: deploying only what changed."""

    def __init__(self, path):
        self.path = Path(path)
        self._record = self.path.with_name(self.path.name + ".deployed.json")

    def deploy(self, files, initial=None):
        """Brings `files` {path: bytes} up to date and removes what an earlier deploy brought and this one does not.

        `initial` files are written only when they are not there, nor under one of the names that the firmware's
        store has for them while it replaces one: the terminal changes them itself.
        Returns the paths written and removed; empty when there was nothing to do.
        """
        before = json.loads(self._record.read_text()) if self.path.exists() and self._record.exists() else {}
        now = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
        initial = initial or {}
        if before == {"files": now, "initial": sorted(initial)}:
            return []
        old = before.get("files", {})
        changed = {path: files[path] for path in now if old.get(path) != now[path]}
        gone = [path for path in old if path not in now and path not in initial]
        self._record.unlink(missing_ok=True)  # until this is through, the flash is nobody's
        present = self.files()
        names = {path: {path + end for end in STORE_NAMES} for path in initial}
        changed.update({path: data for path, data in initial.items() if names[path].isdisjoint(present)})
        self._change(changed, gone)
        self._record.write_text(json.dumps({"files": now, "initial": sorted(initial)}))
        return sorted(changed) + gone

    def write(self, files):
        self._change(files, [])

    def remove(self, paths):
        self._change({}, paths)


class FlashImage(_Flash):
    """A littlefs image, worked on through MicroPython's own littlefs."""

    def read(self, path):
        """Content of a file, or None if there is none."""
        return self.read_all([path])[path]

    def read_all(self, paths):
        """{path: content or None}"""
        with tempfile.TemporaryDirectory() as folder:
            missing = self._job(folder, {"read": list(paths)})["missing"]
            return {
                path: None if path in missing else Path(folder, str(number)).read_bytes()
                for number, path in enumerate(paths)
            }

    def files(self):
        """{path: size in bytes}"""
        if not self.path.exists():
            return {}
        with tempfile.TemporaryDirectory() as folder:
            return self._job(folder, {"list": True})["files"]

    def _change(self, files, gone):
        with tempfile.TemporaryDirectory() as folder:
            names = {path: f"in{number}" for number, path in enumerate(files)}
            for path, name in names.items():
                Path(folder, name).write_bytes(files[path])
            self._job(folder, {"write": names, "remove": list(gone)})

    def _job(self, folder, job):
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("wb") as image:
                image.truncate(IMAGE_BYTES)
        Path(folder, "job.json").write_text(json.dumps(job))
        command = micropython_command(ON_MICROPYTHON / "flash.py", self.path.resolve(), folder)
        done = subprocess.run(command, capture_output=True, text=True, timeout=TOOL_TIMEOUT_S)
        if done.returncode:
            raise FlashError(done.stdout + done.stderr)
        return json.loads(Path(folder, "answer.json").read_text())


class FlashFolder(_Flash):
    """A plain folder that stands for the flash under CPython."""

    def read(self, path):
        """Content of a file, or None if there is none."""
        file = self._at(path)
        return file.read_bytes() if file.is_file() else None

    def read_all(self, paths):
        """{path: content or None}"""
        return {path: self.read(path) for path in paths}

    def files(self):
        """{path: size in bytes}"""
        found = (file for file in self.path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
        return {"/" + file.relative_to(self.path).as_posix(): file.stat().st_size for file in found}

    def _at(self, path):
        return self.path / path.lstrip("/")

    def _change(self, files, gone):
        for path in gone:
            self._at(path).unlink(missing_ok=True)
        for path, data in files.items():
            self._at(path).parent.mkdir(parents=True, exist_ok=True)
            self._at(path).write_bytes(data)
