"""`make repl`: mpremote on the terminal that `make run` started, or on the board that PORT names.

Everything after the options goes to mpremote: `python -m tools.repl fs ls`, `python -m tools.repl exec "print(1)"`;
without it, its REPL (Ctrl-] leaves it). Ctrl-C at the prompt stops the terminal, Ctrl-D starts it again.
"""

import argparse
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

TIMEOUT_S = 5


def find_pty(panel_port):
    """The pty of the running terminal, asked from its front panel; None when it has none. OSError: nobody answers."""
    with urllib.request.urlopen(f"http://127.0.0.1:{panel_port}/api/state", timeout=TIMEOUT_S) as answer:
        return json.load(answer).get("pty")


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.repl", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--panel-port", type=int, default=int(os.environ.get("PANEL_PORT", "8080")))
    parser.add_argument("--port", default=os.environ.get("PORT"), help="serial port of a real board instead")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="of mpremote (default: repl)")
    options = parser.parse_args()
    try:
        port = options.port or find_pty(options.panel_port)
    except (OSError, urllib.error.URLError):
        sys.exit(f"no terminal answers on port {options.panel_port}: start one with `make run`, or set PANEL_PORT")
    if not port:
        sys.exit("this terminal has no REPL: only RUNTIME=micropython has one, while it is on")
    sys.exit(subprocess.run([sys.executable, "-m", "mpremote", "connect", port, *options.command]).returncode)


if __name__ == "__main__":
    main()
