"""Runs a command that ends with whoever started it: `python bound.py [--console] PARENT COMMAND...`.

A program of its own, because code between fork and exec (subprocess's preexec_fn) can lock up in a program with
threads. On Linux the kernel kills the command when its parent dies; `--console` makes standard input its
controlling terminal, which a new session has none of.
"""

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def command(arguments, console=False):
    """The command line that runs `arguments` bound to this process."""
    options = ["--console"] if console else []
    return [sys.executable, "-I", "-S", __file__, *options, str(os.getpid()), *arguments]


def main(arguments):
    if arguments[0] == "--console":
        import fcntl
        import termios

        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        del arguments[0]
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(arguments[0]):
            sys.exit("whoever started this is gone")
    os.execvp(arguments[1], arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
