"""`python -m tools.run` as a child process, and its front panel's JSON API: all that these tests touch."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
PASSWORD = "only-for-this-test"
START_S = 60
STOP_S = 20
ANSWER_S = 30
LOG_IN = "01 ENTER 2468 ENTER"
READY, TITLE = {"en": "READY", "zh": "请输入消费金额"}, {"en": "LOG IN", "zh": "操作员登录"}


def free_ports(count=3):
    """Ports of the loopback that nobody listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for made in sockets:
            made.bind(("127.0.0.1", 0))
        return [made.getsockname()[1] for made in sockets]


class WholeRun:
    """One run over the state folder `state`; a context manager. `variables` are those of `make run`."""

    def __init__(self, state, ports=None, **variables):
        self.ports = ports or free_ports()
        self.panel_port, self.console_port, self.host_port = self.ports
        self.state = state
        self.said = ""
        named = {"PANEL_PORT": self.panel_port, "CONSOLE_PORT": self.console_port, "HOST_PORT": self.host_port}
        inherited = {name: value for name, value in os.environ.items() if name not in ("BOARD", "RUNTIME", "LANG_UI")}
        self.environment = inherited | {name: str(value) for name, value in (named | variables).items()}
        self.environment |= {"STATE": str(state), "DEMO_PASSWORD": PASSWORD}
        self.language = variables.get("LANG_UI", "en")
        self.process = None
        self.took_s = self.cpu_s = None  # from the start until it said that it is ready

    def __enter__(self):
        self.begin()
        try:
            self.until_said("stop          Ctrl-C")
        except BaseException:
            self.end(signal.SIGKILL)
            raise
        self.cpu_s = self._cpu_s()
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.panel_port}", timeout=ANSWER_S)
        return self

    def __exit__(self, *_):
        self.client.close()
        self.end()

    # The process

    def begin(self):
        """Starts it, without waiting."""
        self._began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.run"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def until_said(self, text):
        """Reads what it prints until the text is there."""
        end = self._began + START_S
        while text not in self.said:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert data, f"no {text!r} in what it said:\n{self.said}"
            self.said += data.decode()
        self.took_s = time.monotonic() - self._began

    def end(self, number=signal.SIGINT):
        """Sends the signal; its exit status, once it is gone."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            rest, _ = self.process.communicate(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            rest, _ = self.process.communicate()
            raise AssertionError(f"did not end within {STOP_S} s:\n{self.said}{rest.decode()}") from None
        self.said += rest.decode()
        return self.process.returncode

    def _cpu_s(self):
        """Processor time of the family, with what has ended already."""
        ticks = 0
        for pid, _ in self.family():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(int(field) for field in fields[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def family(self):
        """{(process id, its start time)} of the child and all its descendants."""
        table = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                table[int(stat.parent.name)] = int(fields[1]), fields[19]
        found, before = {self.process.pid}, 0
        while len(found) != before:
            before = len(found)
            found |= {pid for pid, (parent, _) in table.items() if parent in found}
        return {(pid, table[pid][1]) for pid in found if pid in table}

    # The front panel

    def _call(self, method, path, **rest):
        answer = self.client.request(method, path, **rest)
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def post(self, path, **content):
        return self._call("POST", path, json=content)

    def press(self, text):
        """Presses keys: words parted by blanks; digits in a word are keys of their own."""
        words = text.split()
        return self.post("/api/press", keys=[key for word in words for key in (word if word.isdigit() else [word])])

    def wait(self, text, timeout_s=10):
        """The screen's rows once one of them contains the text."""
        return self._call("GET", "/api/wait", params={"text": text, "timeout_s": timeout_s})["rows"]

    def rows(self):
        return self._call("GET", "/api/screen")["rows"]

    def slips(self):
        return [slip["text"] for slip in self._call("GET", "/api/paper")["slips"]]

    def wait_slips(self, count, timeout_s=15):
        end = time.monotonic() + timeout_s
        while len(self.slips()) < count:
            assert time.monotonic() < end, f"{len(self.slips())} slips, {count} expected; screen {self.rows()}"
            time.sleep(0.1)
        return self.slips()

    def sign_on(self):
        """From the log-in screen to the idle screen."""
        self.wait(TITLE[self.language])
        self.press(LOG_IN)
        self.wait(READY[self.language])

    def sell(self, keys="1234 ENTER", card=None, number=None):
        """A whole sale, from idle to idle; the two slips."""
        before = len(self.slips())
        self.press(keys)
        if card:
            self.post("/api/card", number=card)
        else:
            self.press(f"{number} ENTER")
        self.press("ENTER")
        self.wait("APPROVED")
        merchant = self.wait_slips(before + 1)[-1]
        self.press("ENTER")
        customer = self.wait_slips(before + 2)[-1]
        self.wait(READY[self.language])
        return merchant, customer

    # The host

    def balance_minor(self, number):
        """What the merchant platform's API says."""
        url = f"http://127.0.0.1:{self.console_port}/api/accounts/{number}"
        answer = httpx.get(url, auth=("owner", PASSWORD), timeout=ANSWER_S)
        assert answer.status_code == 200, answer.text
        return answer.json()["balance_minor"]

    def host_command(self, *arguments):
        """`python -m tools.host ...` on the same state; what it prints."""
        command = [sys.executable, "-m", "tools.host", *arguments, "--state", str(self.state)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=ANSWER_S)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
