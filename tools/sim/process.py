"""One simulated terminal: its flash, its circuit, and the process in which the firmware runs.

`start()` is the power switch, `kill()` a power cut with no warning to the firmware. The process ends with this one in
every case: its wire to the circuit closes, and on Linux the kernel kills it too.
"""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

from tools import bound
from tools.sim import deploy
from tools.sim.circuit import WDT_RESET, load_board
from tools.sim.console import Console
from tools.sim.flash import ON_MICROPYTHON, FlashFolder, FlashImage, micropython_command
from tools.sim.wire import CircuitWire

HERE = Path(__file__).parent
FAKES = HERE / "fakes"
RUNTIMES = ("micropython", "cpython")
HEAP = "208K"  # on the 64-bit interpreter, where objects take twice the room: less than the stock board has
LOG_BYTES_MAX = 1 << 20
RESTART_PAUSE_S = 0.05
SOFT_RESET = 5


class TerminalProcess:
    """A terminal with its state in a folder.

    `board` names a folder of boards/, `circuit` is the `Circuit` built from it. `data` {path: bytes} goes to the flash
    besides the firmware, `initial_data` only where the terminal has no such file yet (see tools/provision.py).
    `repl` puts the interpreter's console on a pty for mpremote. Must be used from one asyncio loop.
    """

    def __init__(
        self, state_dir, board, circuit, runtime="micropython", *, data=None, initial_data=None,
        firmware=deploy.FIRMWARE, heap=HEAP, repl=False,
    ):  # fmt: skip
        if runtime not in RUNTIMES:
            raise ValueError(f"no runtime {runtime!r}; there are {', '.join(RUNTIMES)}")
        self.state_dir = Path(state_dir).resolve()
        self.state_dir.mkdir(parents=True, exist_ok=True)
        self.board, self.circuit, self.runtime = board, circuit, runtime
        self.data, self.initial_data = data or {}, initial_data or {}
        self.firmware, self.heap = Path(firmware), heap
        if runtime == "micropython":
            self.flash = FlashImage(self.state_dir / "flash.img")
        else:
            self.flash = FlashFolder(self.state_dir / "flash")
        self.log_path = self.state_dir / "terminal.log"
        self.starts = 0
        self._version = deploy.firmware_version(self.firmware)
        self._want_repl = repl and runtime == "micropython"
        self._console = None
        self._process = self._wire = self._restarting = self._watchdog = None
        self._lock = asyncio.Lock()
        circuit.on_reset = self._reset
        circuit.on_watchdog = self._on_watchdog

    # Power

    async def start(self):
        """Deploys what changed, switches the power on and starts the firmware. Idempotent while it runs."""
        async with self._lock:
            if self.running:
                return
            await asyncio.to_thread(self.deploy)
            self.circuit.power_on()
            if self._want_repl and self._console is None:
                self._console = Console(self.log_path)
            await self._spawn()

    async def kill(self):
        """Cuts the power: the process is gone when this returns, and whatever was volatile with it."""
        async with self._lock:
            self._stop_restart()
            self._end_process()
            self.circuit.power_off()

    async def cycle(self):
        await self.kill()
        await self.start()

    async def close(self):
        """Power off for good; the console's pty goes too."""
        await self.kill()
        if self._console:
            self._console.close()
            self._console = None

    @property
    def running(self):
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self):
        return self._process.pid if self.running else None

    def state(self):
        """What `/api/state` tells about this terminal."""
        return {
            "version": self._version,
            "board": self.board,
            "runtime": self.runtime,
            "power": "on" if self.circuit.powered else "off",
            "running": self.running and not (self._console and self._console.prompts),
            "heap_used": self.circuit.heap_used,
            "heap_free": self.circuit.heap_free,
            "heap_base": self.circuit.heap_base,
            "starts": self.starts,
            "pty": self._console.path if self._console else None,
        }

    def deploy(self):
        """Brings the flash up to date; returns the paths that were written or removed."""
        compiled = self.runtime == "micropython"
        self._version = deploy.firmware_version(self.firmware)
        files = deploy.firmware_files(self.board, self.firmware, compiled)
        if compiled:
            fakes = {"/" + file.name: file.read_bytes() for file in FAKES.glob("*.py")}
            # The board has them in its ROM: here they are to take as little of its heap as can be.
            deploy.write_folder(deploy.compile_short(fakes, arguments=False), self.state_dir / "sim")
        return self.flash.deploy({**files, **self.data}, self.initial_data)

    # The process

    async def _spawn(self, run_main=True):
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        console = self._console.terminal_end() if self._console else None
        log = None
        try:
            if console is None:
                self._limit_log()
                log = self.log_path.open("ab")
            self._process = subprocess.Popen(
                bound.command(self._command(theirs.fileno(), run_main), console is not None),
                cwd=self.state_dir,
                pass_fds=[theirs.fileno()],
                stdin=console if console is not None else subprocess.DEVNULL,
                stdout=console if console is not None else log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; the terminal is ended by its number
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"},
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
            if log:
                log.close()
            if console is not None:
                os.close(console)
        self.starts += 1
        process = self._process
        ours.setblocking(False)
        self._wire, _ = await loop.create_unix_connection(
            lambda: CircuitWire(self.circuit, lambda: self._lost(process)), sock=ours
        )

    def _command(self, fd, run_main):
        main = "1" if run_main else "0"
        if self.runtime == "cpython":
            return [sys.executable, str(HERE / "launch_cpython.py"), str(self.flash.path), str(fd), main]
        arguments = (self.flash.path, self.state_dir / "sim", fd, main)
        launch = ON_MICROPYTHON / "launch.py"
        return micropython_command(launch, *arguments, heap=self.heap, interactive=self._console is not None)

    def _end_process(self):
        process, self._process = self._process, None
        if self._watchdog:
            self._watchdog.cancel()
            self._watchdog = None
        if self._wire:
            self._wire.abort()
            self._wire = None
        if process:
            process.kill()
            process.wait()

    def _limit_log(self):
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_BYTES_MAX:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))

    # Resets

    def _lost(self, process):
        """The process closed its wire. If nobody ended it, it was left by `sys.exit()`, a soft reset, or a crash."""
        if process is not self._process:
            return
        try:
            code = process.wait(2)
        except subprocess.TimeoutExpired:
            code = None
        if code == 0 or (self._console and code > 0):
            self._reset(SOFT_RESET, run_main=self._console is None or self._console.rebooted())
        else:
            self._end_process()
            self.circuit.restarted(SOFT_RESET)

    def _reset(self, cause, run_main=True):
        """Ends the process as the reset line would and starts it again; the chips around it keep their power."""
        if self._restarting is None:
            self._restarting = asyncio.get_running_loop().create_task(self._restart(cause, run_main))

    async def _restart(self, cause, run_main):
        self._end_process()
        self.circuit.restarted(cause)
        if self._console and run_main:
            self._console.reset()
        await asyncio.sleep(RESTART_PAUSE_S)
        self._restarting = None
        if self.circuit.powered:
            await self._spawn(run_main)

    def _stop_restart(self):
        if self._restarting:
            self._restarting.cancel()
            self._restarting = None

    def _on_watchdog(self, timeout_ms):
        if timeout_ms is not None:
            self._watchdog_s = timeout_ms / 1000
        elif self._watchdog is None:
            return  # a feed without a start
        if self._watchdog:
            self._watchdog.cancel()
        loop = asyncio.get_running_loop()
        self._watchdog = loop.call_later(self._watchdog_s, self._reset, WDT_RESET)


def board_circuit(board, **rest):
    """The `Circuit` of a board's name."""
    from tools.sim.circuit import Circuit

    return Circuit(load_board(board), **rest)
