"""The host as a child process: made ready, started, watched, ended."""

import asyncio
import hashlib
import os
import sys
from collections import deque
from pathlib import Path

from tools import bound
from tools.run.settings import ADDRESS, RunError

HOST = Path(__file__).parents[1] / "host"
READY_TIMEOUT_S = 30
STOP_TIMEOUT_S = 8
LAST_LINES = 12


class HostProcess:
    """`python -m tools.host` in the same state folder. `say` gets every line that it prints."""

    def __init__(self, settings, say):
        self._settings = settings
        self._say = say
        self._process = None
        self._reading = None
        self._last = deque(maxlen=LAST_LINES)
        self._ready = asyncio.Event()

    async def init(self):
        """Makes database, keys and demonstration data that are not there yet. Raises RunError.

        Nothing to do when this same host has been through it here: that saves a second at every later start.
        """
        mark = self._settings.state / "run.initialised"
        wanted = f"{_digest_of_host()} {self._settings.host_port}"
        if mark.exists() and mark.read_text() == wanted and (self._settings.state / "host.db").exists():
            return
        mark.unlink(missing_ok=True)
        process = await self._spawn("init", "--port", str(self._settings.host_port))
        reading = asyncio.create_task(self._read(process))
        try:
            if await process.wait():
                await reading
                raise RunError("the host could not be set up:\n" + self._said())
            await reading
        finally:
            if process.returncode is None:
                process.kill()
        mark.write_text(wanted)

    async def start(self):
        """Starts to serve; returns when both ports take connections. Raises RunError."""
        ports = ("--port", str(self._settings.host_port), "--console-port", str(self._settings.console_port))
        level = os.environ.get("HOST_LOG")
        self._process = await self._spawn("serve", *ports, *(("--log", level) if level else ()))
        self._reading = asyncio.create_task(self._read(self._process))
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait([ready, self._reading], timeout=READY_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if not self._ready.is_set():
            await self.stop()
            raise RunError("the host did not start:\n" + self._said())

    async def ended(self):
        """Waits until the host ends by itself; the text of what it said last."""
        await self._reading
        return self._said()

    async def stop(self):
        """Ends the host and waits until it is gone."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _spawn(self, command, *arguments):
        return await asyncio.create_subprocess_exec(
            *bound.command(
                [sys.executable, "-m", "tools.host", command, "--state", str(self._settings.state), *arguments]
            ),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we end the host in our own order
        )

    async def _read(self, process):
        async for line in process.stdout:
            text = line.decode(errors="replace").rstrip()
            self._last.append(text)
            if text.startswith("host ready"):
                self._ready.set()
            elif text != "nothing to do":
                self._say(text)

    def _said(self):
        return "\n".join(f"  {line}" for line in self._last)

    @property
    def address(self):
        return f"{ADDRESS}:{self._settings.host_port}"


def _digest_of_host():
    digest = hashlib.sha256()
    for file in sorted(HOST.rglob("*.py")):
        digest.update(str(file.relative_to(HOST)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:32]
