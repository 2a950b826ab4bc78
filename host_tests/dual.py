"""What tests that run on both CPython and MicroPython share: a virtual clock, `raises`, fresh folders."""

import asyncio
import os
import sys

MICROPYTHON = sys.implementation.name == "micropython"

_folders = 0


class Clock:
    """The clock port of the firmware (see drivers/clock.py) on virtual time; wall time starts where a test sets it."""

    def __init__(self):
        self.wall = (2026, 3, 14, 15, 9, 26)

    def ticks_ms(self):
        return _ticks_ms()

    def elapsed_ms(self, start_ms):
        return _ticks_diff(_ticks_ms(), start_ms)

    def now(self):
        return self.wall

    def set(self, wall):
        self.wall = wall


if MICROPYTHON:
    import asyncio.core as _core
    import time

    _PERIOD = 1 << 30
    # The loop's queue, which is C, stamps what is ready with the interpreter's own ticks. The loop's virtual ones begin
    # days ahead of those: were they behind, what is ready would wait for as long as the machine was busy.
    _loop_ms = (time.ticks_ms() + _PERIOD // 4) % _PERIOD
    # The firmware's clock comes round after a minute, on whatever day the tests run.
    _OFFSET_MS = _PERIOD - 60_000 - _loop_ms

    def _loop_ticks_ms():
        return _loop_ms

    def _ticks_ms():
        return (_loop_ms + _OFFSET_MS) % _PERIOD

    def _sleep_ms(ms):
        global _loop_ms
        _loop_ms = (_loop_ms + ms) % _PERIOD

    def _ticks_add(ticks, delta):
        return (ticks + delta) % _PERIOD

    def _ticks_diff(end, start):
        return (end - start + _PERIOD // 2) % _PERIOD - _PERIOD // 2

    class _NoInput:
        """In place of the loop's poller: nothing is ever ready, so waiting only moves the clock."""

        def wait_io_event(self, dt):
            if dt < 0:
                raise RuntimeError("deadlock: every task waits for ever")
            _sleep_ms(dt)

        def remove(self, task):
            pass

    def run(coroutine):
        """Runs a coroutine on the virtual clock; what still runs when it ends is dropped."""
        saved = _core.ticks, _core.ticks_add, _core.ticks_diff
        asyncio.new_event_loop()
        _core.ticks, _core.ticks_add, _core.ticks_diff = _loop_ticks_ms, _ticks_add, _ticks_diff
        _core._io_queue = _NoInput()
        try:
            return asyncio.run(coroutine)
        finally:
            _core.ticks, _core.ticks_add, _core.ticks_diff = saved
            asyncio.new_event_loop()

    def tmpdir():
        """A fresh, empty folder (under $TMPDIR, which the runner removes)."""
        global _folders
        _folders += 1
        path = "%s/dual-%d-%d" % (os.getenv("TMPDIR") or "/tmp", time.time_ns() // 1000, _folders)
        os.mkdir(path)
        return path

else:
    import tempfile
    import time

    from tools.sim import virtual_time

    def _ticks_ms():
        return time.ticks_ms()

    def _ticks_diff(end, start):
        return time.ticks_diff(end, start)

    def run(coroutine):
        """Runs a coroutine on the virtual clock; what still runs when it ends is cancelled."""
        return virtual_time.run(coroutine)

    def tmpdir():
        """A fresh, empty folder."""
        return tempfile.mkdtemp(prefix="dual-")


clock = Clock()


def raises(expected, function, *arguments):
    """Calls the function; returns the exception of the expected class that it raised, AssertionError if none."""
    try:
        function(*arguments)
    except expected as error:
        return error
    raise AssertionError("%s did not raise %s" % (function, expected))
