"""Real processes of the host: started, killed, started again on their ports."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

from tools import bound

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30


class HostProcess:
    """`python -m tools.host serve` on one state folder; `log` gets what it says on stderr. address: of a database
    other than the folder's own; options: of `serve`, besides."""

    def __init__(self, state, address, log, *options):
        self.port = 0
        self.starts = 0
        self._state = state
        self._environment = os.environ | ({"DATABASE_URL": address} if address else {})
        if not address:
            self._environment.pop("DATABASE_URL", None)
        self._log = log
        self._options = options
        self._process = None

    async def start(self):
        """Returns when it takes connections; always on the same port."""
        ports = ("--port", str(self.port), "--console-port", "0")
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "tools.host", "serve", "--state", str(self._state), *ports, *self._options]
            self._process = await asyncio.create_subprocess_exec(
                *bound.command(command),
                cwd=ROOT,
                env=self._environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        async with asyncio.timeout(START_TIMEOUT_S):
            line = (await self._process.stdout.readline()).decode()
        ready = re.search(r"ISO 8583 on [\d.]+:(\d+)", line)
        if not ready:
            raise OSError(f"the host did not start: {line}{self.said()}")
        self.port = int(ready[1])
        self.starts += 1

    async def kill(self):
        """SIGKILL: nothing is finished, nothing is written."""
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self):
        """SIGTERM, and SIGKILL to one that does not end."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    def said(self):
        """The end of its log."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-2000:] if self._log.exists() else ""
