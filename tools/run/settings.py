"""Reads what `make run` was asked for, and says which variable to change when that cannot be done."""

import argparse
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from tools.provision import LANGUAGES
from tools.sim.circuit import boards
from tools.sim.process import RUNTIMES

ADDRESS = "127.0.0.1"


class RunError(Exception):
    """It cannot run like this; the text says what to change."""


@dataclass(frozen=True)
class Settings:
    """What to start. `language` is None when nobody said one: the terminal then keeps its own."""

    panel_port: int
    console_port: int
    host_port: int
    state: Path
    board: str
    runtime: str
    language: str | None
    with_host: bool

    def check_ports(self):
        """Raises RunError for a port that is taken, or given twice."""
        ports = {"PANEL_PORT": self.panel_port}
        if self.with_host:
            ports |= {"CONSOLE_PORT": self.console_port, "HOST_PORT": self.host_port}
        taken = {}
        for name, port in ports.items():
            if port in taken:
                raise RunError(f"{name}={port} is the same as {taken[port]}; give each a port of its own")
            taken[port] = name
            if not _is_free(port):
                raise RunError(
                    f"{name}={port} is in use by another program; choose another: make run {name}={port + 1}"
                )


def read(arguments=None, environment=None) -> Settings:
    """Settings from the command line and the environment; raises RunError."""
    environment = os.environ if environment is None else environment
    options = _parser().parse_args(arguments)
    given = vars(options)

    def value(name, default):
        return given.get(name.lower()) or environment.get(name) or default

    board = value("BOARD", "esp32_devkitc")
    if board not in boards():
        raise RunError(f"BOARD={board}: there is no such board; boards/ has {', '.join(boards())}")
    runtime = value("RUNTIME", "micropython")
    if runtime not in RUNTIMES:
        raise RunError(f"RUNTIME={runtime}: must be {' or '.join(RUNTIMES)}")
    language = value("LANG_UI", None)
    if language is not None and language not in LANGUAGES:
        raise RunError(f"LANG_UI={language}: must be {' or '.join(LANGUAGES)}")
    state = Path(value("STATE", "build/run")).resolve()
    if state.exists() and not state.is_dir():
        raise RunError(f"STATE={state} is not a folder")
    return Settings(
        panel_port=_port("PANEL_PORT", value("PANEL_PORT", "8080")),
        console_port=_port("CONSOLE_PORT", value("CONSOLE_PORT", "8000")),
        host_port=_port("HOST_PORT", value("HOST_PORT", "8583")),
        state=state,
        board=board,
        runtime=runtime,
        language=language,
        with_host=not options.no_host,
    )


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m tools.run",
        description="Starts host, simulated terminal and front panel on this machine, until Ctrl-C.",
        epilog="Each option can also be given as a variable of the environment: PANEL_PORT, CONSOLE_PORT, HOST_PORT, "
        "STATE, BOARD, RUNTIME, LANG_UI.",
    )
    parser.add_argument("--panel-port", metavar="PORT", help="of the front panel (8080)")
    parser.add_argument("--console-port", metavar="PORT", help="of the merchant platform (8000)")
    parser.add_argument("--host-port", metavar="PORT", help="of the ISO 8583 host (8583)")
    parser.add_argument("--state", metavar="FOLDER", help="where everything is kept (build/run)")
    parser.add_argument("--board", help="a folder of boards/ (esp32_devkitc)")
    parser.add_argument("--runtime", help="micropython or cpython (micropython)")
    parser.add_argument("--lang-ui", metavar="LANGUAGE", help="en or zh (what the terminal was last set to)")
    parser.add_argument("--no-host", action="store_true", help="only the terminal; the host runs already, on HOST_PORT")
    return parser


def _port(name, text):
    port = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= port <= 65535:
        raise RunError(f"{name}={text}: must be a port number from 1 to 65535")
    return port


def _is_free(port):
    with socket.socket() as probe:
        # As the servers themselves do it: what only lingers after the last run is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True
