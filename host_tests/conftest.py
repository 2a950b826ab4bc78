"""Test set-up: paths and shims for CPython, and every test of the shared folders a second time on MicroPython."""

import ast
import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent
# Flows are imported anew each time they are entered: without compiled files that is most of a test's time.
sys.dont_write_bytecode = False
sys.pycache_prefix = str(ROOT / "build" / "pycache")
for folder in (HERE, ROOT / "firmware", ROOT):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from tools.sim.cpython import shims  # noqa: E402 - the path comes first

shims.install()

# Tests in these folders mirror firmware/pos and run on both interpreters; see host_tests/README.md.
ON_BOTH = ("domain", "iso8583", "security", "qr", "journal", "link", "texts", "ui", "receipts", "flows", "drivers")
MICROPYTHON_TIMEOUT_S = 120
MICROPYTHON_HEAP = "4M"  # a test may hold more than a terminal does; the terminal's own limit has its own test


def pytest_collect_file(file_path, parent):
    """Collects a file of a shared folder once more, for MicroPython."""
    relative = file_path.relative_to(HERE).parts if file_path.is_relative_to(HERE) else ()
    if file_path.suffix == ".py" and file_path.name.startswith("test_") and relative[0] in ON_BOTH:
        return MicroPythonFile.from_parent(parent, path=file_path)
    return None


def pytest_collection_modifyitems(items):
    """`SLOW = True` in a file that runs on both interpreters is what `pytestmark = pytest.mark.slow` is elsewhere."""
    slow = {
        path: bool(re.search("^SLOW = True$", path.read_text(encoding="utf-8"), re.M))
        for path in {i.path for i in items}
    }
    for item in items:
        if slow[item.path]:
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish(session):
    """The firmware collects garbage at every turn; it need not look through all that pytest holds each time."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _temporary_folders(tmp_path_factory):
    """What tests leave in temporary folders is pruned with pytest's own."""
    tempfile.tempdir = str(tmp_path_factory.mktemp("tests"))


def micropython():
    """Path of the interpreter installed beside this Python; fails the test when `make setup` was not run."""
    found = shutil.which("micropython", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if not found:
        pytest.fail("micropython is not installed: run `make setup`")
    return found


class MicroPythonFile(pytest.File):
    """One process runs all tests of the file; each becomes an item of its own."""

    results = None

    def collect(self):
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield MicroPythonTest.from_parent(self, name=f"{node.name}[micropython]", test=node.name)

    def run(self, scratch):
        if self.results is None:
            paths = [str(HERE), str(ROOT / "firmware")]
            command = [micropython(), "-X", f"heapsize={MICROPYTHON_HEAP}", str(HERE / "on_micropython.py")]
            done = subprocess.run(
                [*command, str(self.path), *paths],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=MICROPYTHON_TIMEOUT_S,
                env={**os.environ, "TMPDIR": str(scratch)},
            )
            said = f"{done.stdout}{done.stderr}\n(it ended with {done.returncode})"
            self.results = _read_results(done.stdout), said
        return self.results


def _read_results(output):
    """{test: None if it passed, else its traceback}"""
    results, failing = {}, None
    for line in output.splitlines():
        word, _, test = line.partition(" ")
        if failing is not None:
            if line == ".":
                failing = None
            else:
                results[failing] += line + "\n"
        elif word == "ok":
            results[test] = None
        elif word == "fail":
            failing, results[test] = test, ""
    return results


class MicroPythonTest(pytest.Item):
    def __init__(self, *, test, **rest):
        super().__init__(**rest)
        self.test = test

    def runtest(self):
        # The run's own temporary folder: what the tests leave goes when pytest prunes it.
        scratch = self.config._tmp_path_factory.mktemp("micropython")
        results, output = self.parent.run(scratch)
        if self.test not in results:
            raise MicroPythonFailure("the test did not run; MicroPython said:\n" + output[-3000:])
        if results[self.test] is not None:
            raise MicroPythonFailure(results[self.test])

    def repr_failure(self, excinfo):
        if isinstance(excinfo.value, MicroPythonFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, None, self.name


class MicroPythonFailure(Exception):
    """A test failed under MicroPython; the text is its traceback."""
