"""Plants one bug after the other and tells whether it is found.

Each bug is put into a copy of firmware/ and tools/, and the power-cut sweep, the simulated days or the fuzzer is run on
that copy within its budget. Exit status 1 when one is not found, or does not fit the source any more.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from host_tests.mutants.bugs import BUGS, CRASH, DAYS, FUZZ

ROOT = Path(__file__).parents[2]
COPIED = ("firmware", "tools", "boards")
END_S = 10  # for a finder that is told to stop
LINES_SHOWN = 12
POINTS_EVERY = 8  # each eighth flash operation, and every moment between two
FOUND = 1  # exit status of a finder that lost something
ACCUSES = re.compile(r"^(crash|days|fuzz): .*\b[1-9][0-9,]* (lost|doubled|otherwise wrong|findings?)\b", re.MULTILINE)


class Misfit(Exception):
    """The text that a bug replaces is not there, or more than once."""


class Tried(NamedTuple):
    """What came of one bug: found, seconds, and the end of what the finder said."""

    found: bool
    seconds: float
    said: str


def main(arguments=None):
    options = _options(arguments)
    bugs = [bug for bug in BUGS if not options.bugs or bug.name in options.bugs]
    if options.list:
        for bug in bugs:
            print(f"{bug.finder:6} {bug.name:26} {bug.what}")
        return 0
    begun, found = time.monotonic(), {CRASH: 0, DAYS: 0, FUZZ: 0}
    for at, bug in enumerate(bugs):
        print(f"{at + 1}/{len(bugs)} {bug.name} ({bug.finder}, {bug.budget_s} s) ...", file=sys.stderr, flush=True)
        tried = plant_and_seek(bug)
        found[bug.finder] += tried.found
        print(
            f"{'found ' if tried.found else 'MISSED'} {bug.finder:6} {tried.seconds:5.0f} s  {bug.name}: {bug.what}",
            flush=True,
        )
        if options.verbose or not tried.found:
            print(tried.said)
    said = ", ".join(f"{name} {count}" for name, count in found.items())
    print(f"mutants: {len(bugs)} planted bugs, {sum(found.values())} found ({said}), {time.monotonic() - begun:.0f} s")
    return 0 if sum(found.values()) == len(bugs) else 1


def plant_and_seek(bug):
    """A Tried. The finder must say what was lost, doubled or found, not just fail: a copy that does not even start is
    no proof. That it finds nothing without the bug is what its own target shows."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        plant(bug, Path(folder))
        begun = time.monotonic()
        status, said = _run(_command(bug, folder), bug.budget_s)
        found = status == FOUND and bool(ACCUSES.search(said))
        return Tried(found, time.monotonic() - begun, "\n".join(said.splitlines()[-LINES_SHOWN:]))


def plant(bug, folder):
    """A copy of the tree below `folder`, with the bug in it. Misfit when it cannot be planted."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path, old, new in bug.edits:
        text = (folder / path).read_text()
        if text.count(old) != 1:
            raise Misfit(f"{bug.name}: {path} has {text.count(old)} places like {old!r}")
        (folder / path).write_text(text.replace(old, new))


def _command(bug, folder):
    if bug.finder == CRASH:
        flows = [f"--flow={name}" for name in bug.where]
        points = ["--every", str(POINTS_EVERY), "--second", "0", "--dead", "0"]
        return ["host_tests.crash", "--firmware", f"{folder}/firmware", *flows, *points]
    if bug.finder == DAYS:
        minutes = str(bug.budget_s / 60)
        changed = ["--firmware", f"{folder}/firmware", "--host", folder]
        return ["host_tests.days", *changed, "--minutes", minutes, "--shrink", "0", *bug.where]
    return ["host_tests.fuzz", "--root", folder, "--first", "-T", str(bug.budget_s), *bug.where]


def _run(command, budget_s):
    """(exit status, what it said); status None when its time was over."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # its workers end with it
    )
    try:
        said, _ = process.communicate(timeout=budget_s + END_S)
        return process.returncode, said
    except subprocess.TimeoutExpired:
        return None, "its time was over"
    finally:
        _end(process)


def _end(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.communicate()


def _options(arguments):
    parser = argparse.ArgumentParser(prog="python -m host_tests.mutants", description=__doc__)
    parser.add_argument("bugs", nargs="*", metavar="BUG", help="only these")
    parser.add_argument("--list", action="store_true", help="show them")
    parser.add_argument(
        "--verbose", action="store_true", help="show what the finder said of each, not only of a missed one"
    )
    options = parser.parse_args(arguments)
    unknown = set(options.bugs) - {bug.name for bug in BUGS}
    if unknown:
        parser.error(f"no such bug: {', '.join(sorted(unknown))}; --list shows them")
    return options


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Misfit as error:
        sys.exit(f"error: {error}; change it in host_tests/mutants/bugs.py")
    except KeyboardInterrupt:
        print("mutants: stopped", file=sys.stderr)
        sys.exit(130)
