"""Gives CPython the parts of MicroPython's standard library that the firmware uses.

`install()` adds the `ticks_*` and `sleep_*` functions to `time` and the `*_ms` functions to `asyncio`, and puts this
folder (modules `micropython`, `cryptolib`) on the path. Time comes from a replaceable source, so that a
virtual clock moves the ticks too.
"""

import asyncio
import sys
import time
from pathlib import Path

TICKS_PERIOD = 1 << 30  # as on the ESP32: code that forgets ticks_diff must fail here too
# So near the wrap that a test of a few virtual minutes crosses it.
TICKS_START_MS = TICKS_PERIOD - 60_000


class RealTime:
    """Time as it passes."""

    def us(self):
        return time.monotonic_ns() // 1000

    def sleep_us(self, us):
        time.sleep(us / 1_000_000)


_source = RealTime()


def set_time_source(source):
    """Replaces the source of ticks and of short blocking sleeps; returns the previous one."""
    global _source
    previous, _source = _source, source
    return previous


def _ticks_ms():
    return (_source.us() // 1000 + TICKS_START_MS) % TICKS_PERIOD


def _ticks_us():
    return _source.us() % TICKS_PERIOD


def _ticks_add(ticks, delta):
    return (ticks + delta) % TICKS_PERIOD


def _ticks_diff(end, start):
    half = TICKS_PERIOD // 2
    return (end - start + half) % TICKS_PERIOD - half


async def _sleep_ms(ms):
    await asyncio.sleep(max(0, ms) / 1000)


async def _wait_for_ms(awaitable, timeout_ms):
    return await asyncio.wait_for(awaitable, timeout_ms / 1000)


def install():
    """Idempotent."""
    here = str(Path(__file__).parent)
    if here not in sys.path:
        sys.path.insert(0, here)
    time.ticks_ms = _ticks_ms
    time.ticks_us = _ticks_us
    time.ticks_add = _ticks_add
    time.ticks_diff = _ticks_diff
    time.sleep_us = lambda us: _source.sleep_us(us)
    time.sleep_ms = lambda ms: _source.sleep_us(ms * 1000)
    asyncio.sleep_ms = _sleep_ms
    asyncio.wait_for_ms = _wait_for_ms
