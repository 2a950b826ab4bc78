"""Hands the flows to processes of MicroPython, adds up what they tell."""

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event, Lock

from tools.sim import deploy

HERE = Path(__file__).parent
TESTS = HERE.parent
FIRMWARE = TESTS.parent / "firmware"
_HEAP = "32M"
_SILENT_S_MAX = 300  # a worker tells of its points twice a second; the longest flow is recorded within seconds
# Of each flow; the summary counts all.
_FAILURES_SHOWN, _PROBLEMS_SHOWN, _CHARS_SHOWN = 3, 2, 700
_LOST, _DOUBLED = "lost", "doubled"


class CrashError(Exception):
    """The sweep itself could not be done; the text says why."""


class Total:
    """Of all flows: points, states, operations; failures: [(flow, point, what, [(kind, text)])]."""

    def __init__(self):
        self.flows = {}  # name -> the last line of its worker
        self.failures = []
        self.begun_s = time.monotonic()

    def add(self, line):
        """A line of a worker."""
        self.flows[line["flow"]] = line
        self.failures += [(line["flow"], *failure) for failure in line["failures"]]

    def count(self, name):
        return sum(line[name] for line in self.flows.values())

    def kinds(self, kind):
        """How many points have a problem of this kind."""
        return sum(any(found == kind for found, _text in problems) for *_, problems in self.failures)

    def summary(self):
        other = len(self.failures) - sum(
            any(kind in (_LOST, _DOUBLED) for kind, _text in problems) for *_, problems in self.failures
        )
        seconds = time.monotonic() - self.begun_s
        wrong = f", {other} otherwise wrong" if other else ""
        return (
            f"crash: {self.count('points'):,} points ({len(self.flows)} flows), "
            f"{self.count('states'):,} distinct states, "
            f"{self.kinds(_LOST)} lost, {self.kinds(_DOUBLED)} doubled{wrong}, {seconds:.0f} s"
        )


class Runner:
    """firmware: the folder to run; it is compiled into a temporary one, which goes with this object."""

    def __init__(self, firmware=FIRMWARE, workers=2):
        self._firmware = Path(firmware)
        self._workers = max(1, workers)
        self._stop = Event()
        self._lock = Lock()
        self._processes = []
        self._shown = {}

    def __enter__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="crash-"))
        try:
            self._compile()
        except (OSError, deploy.CompileError) as error:
            self.__exit__()
            raise CrashError(str(error)) from None
        return self

    def __exit__(self, *_):
        self._end_all()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end_all(self):
        self._stop.set()
        with self._lock:
            for process in self._processes:
                process.kill()

    def _compile(self):
        if not (self._firmware / "pos").is_dir():
            raise CrashError(f"{self._firmware} is no copy of firmware/: it has no folder pos")
        files = {
            "/" + file.relative_to(self._firmware).as_posix(): file.read_bytes()
            for file in sorted((self._firmware / "pos").rglob("*"))
            if file.is_file() and "__pycache__" not in file.parts
        }
        for name, data in deploy.compile_all(files).items():
            target = self._folder / name[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    def flows(self):
        return [line["flow"] for line in self._lines({"do": "list"})]

    def sweep(self, names=None, every=1, offset=0, second=0, dead=0):
        """All points, or some, of all flows, or some; the Total. second, dead: see --help."""
        known = self.flows()
        for name in names or ():
            if name not in known:
                raise CrashError(f"no flow {name}; there are: {', '.join(known)}")
        total = Total()
        with ThreadPoolExecutor(self._workers) as pool:
            jobs = [pool.submit(self._flow, total, name, every, offset, second, dead) for name in names or known]
            try:
                for job in as_completed(jobs):
                    job.result()
            except BaseException:
                for job in jobs:
                    job.cancel()
                self._end_all()
                raise
        return total

    def _flow(self, total, name, every, offset, second, dead):
        command = {"do": "flow", "flow": name, "every": every, "offset": offset}
        command.update(second=second, dead=dead)
        ended = False
        for line in self._lines(command):
            ended = line["done"]
            with self._lock:
                total.add(line)
                self._tell(total, line)
        if not ended and not self._stop.is_set():
            raise CrashError(f"the flow {name} did not come to its end")

    def _tell(self, total, line):
        for point, what, problems in line["failures"]:
            self._shown[line["flow"]] = self._shown.get(line["flow"], 0) + 1
            if self._shown[line["flow"]] <= _FAILURES_SHOWN:
                print(f"FAILS: --flow {line['flow']} --point {point} ({what})", file=sys.stderr)
                for kind, text in sorted(problems)[:_PROBLEMS_SHOWN]:  # "stuck" is told after what was lost
                    print(f"    {kind}: {text[-_CHARS_SHOWN:]}", file=sys.stderr)
        if line["done"]:
            done = f"{line['points']} points, {line['states']} states of {line['operations']} operations"
            print(f"{line['flow']}: {done}", file=sys.stderr)

    def repeat(self, name, point):
        """One point again, told at length. 1 when something is wrong with it."""
        for line in self._lines({"do": "point", "flow": name, "point": point}):
            if "text" in line:
                print(line["text"])
            else:
                return 1 if line["problems"] else 0
        raise CrashError(f"the flow {name} has no point {point}")

    def _lines(self, command):
        """Yields the lines of JSON that a worker writes. CrashError when it fails."""
        rest = ""
        with tempfile.TemporaryFile("w+") as errors, self._worker(command, errors) as process:
            for text in _heard(process.stdout):
                if text.startswith("{"):
                    yield json.loads(text)
                else:
                    rest += text + "\n"
            if process.wait() and not self._stop.is_set():
                errors.seek(0)
                raise CrashError(
                    f"{command}: the worker ended with {process.returncode}\n{rest}{errors.read()[-2000:]}"
                )

    @contextlib.contextmanager
    def _worker(self, command, errors):
        """Its process, which is killed when nobody reads its lines any more."""
        interpreter = shutil.which("micropython", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        if not interpreter:
            raise CrashError("micropython is not installed: run `make setup`")
        folders = [HERE, TESTS, TESTS / "flows", TESTS / "link", self._folder, ".frozen"]
        process = subprocess.Popen(
            [interpreter, "-X", "heapsize=" + _HEAP, str(HERE / "worker.py"), json.dumps(command)],
            env=os.environ | {"MICROPYPATH": os.pathsep.join(map(str, folders))},
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        with self._lock:
            self._processes.append(process)
        with process:
            try:
                yield process
            finally:
                process.kill()
                with self._lock:
                    self._processes.remove(process)


def _heard(pipe):
    """Yields the lines that come out of it. CrashError when nothing comes for too long."""
    rest = b""
    while select.select([pipe], [], [], _SILENT_S_MAX)[0]:
        data = os.read(pipe.fileno(), 1 << 16)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        yield from (line.decode() for line in lines)
    raise CrashError(f"the worker hangs: it has said nothing for {_SILENT_S_MAX} s")
