"""The world that a day runs in: a virtual clock without system calls, seeded randomness, code that stays loaded.

`enter()` once in a process, before firmware or host are imported; `run(coroutine, seed)` for each day. Nothing in here
is a rule of money: what is replaced is time, chance, and the loading and unloading of code.
"""

import asyncio
import contextlib
import gc
import random
import secrets
import selectors
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MICROSECOND = 1_000_000


def enter(firmware=None, host=None):
    """Puts firmware and host on the path, from this tree or from copies of it: firmware is the folder with `pos`, host
    the one with `tools`."""
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(ROOT / "build" / "pycache")
    for folder in (HERE.parent, Path(firmware or ROOT / "firmware").resolve(), Path(host or ROOT).resolve()):
        sys.path.insert(0, str(folder))
    from tools.sim.cpython import shims

    shims.install()
    from days import crypto, memory

    crypto.install()
    memory.install()
    _stay_loaded()
    random._urandom = secrets.token_bytes = _Chance.bytes
    import os

    os.urandom = _Chance.bytes


class _Chance:
    """Every byte that firmware and host take for random, from the seed."""

    source = random.Random(0)

    @classmethod
    def bytes(cls, count=32):
        return cls.source.randbytes(32 if count is None else count)


def seed(value):
    """Everything random begins anew."""
    random.seed(f"all {value}")
    _Chance.source = random.Random(str(value))


def chance_bytes(count):
    """Random bytes from the seed."""
    return _Chance.bytes(count)


@contextlib.contextmanager
def aside(value):
    """Chance from another seed meanwhile: what is made once in a process must not depend on when."""
    kept, _Chance.source = _Chance.source, random.Random(str(value))
    try:
        yield
    finally:
        _Chance.source = kept


def _stay_loaded():
    """A flow's modules are not thrown away after it: loading them again is nine tenths of a transaction's time here.
    That code comes and goes has its own tests (host_tests/flows/test_loading.py)."""
    from pos import loading

    loading.Scope.__enter__ = loading.Scope.__exit__ = lambda *_: None
    _texts_stay()
    asyncio.wait_for_ms = _wait_for_ms


def _texts_stay():
    """A text that was looked up once is remembered: the file that the firmware reads each time has its own tests."""
    from pos import texts

    find, found = texts.Texts._find, {}

    def remembered(self, key):
        name = self.language, key
        if name not in found:
            found[name] = find(self, key)
        return found[name]

    texts.Texts._find = remembered


async def _wait_for_ms(awaitable, timeout_ms):
    """As asyncio.wait_for, in the task that waits instead of one more."""
    async with asyncio.timeout(max(0, timeout_ms) / 1000):
        return await awaitable


class _NoInput(selectors.BaseSelector):
    """Nothing is ever ready: waiting moves the clock, and that is all."""

    def __init__(self):
        self._map = {}
        self.loop = None

    def register(self, fileobj, events, data=None):
        return selectors.SelectorKey(fileobj, fileobj if isinstance(fileobj, int) else fileobj.fileno(), events, data)

    def unregister(self, fileobj):
        return selectors.SelectorKey(fileobj, 0, 0, None)

    def modify(self, fileobj, events, data=None):
        return self.register(fileobj, events, data)

    def get_key(self, fileobj):
        raise KeyError(fileobj)

    def get_map(self):
        return self._map

    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError("everybody waits for ever")
        if timeout > 0:
            self.loop.advance(timeout)
        return ()

    def close(self):
        pass


class Loop(asyncio.SelectorEventLoop):
    """Its clock begins at 0 and jumps to the next timer; also a time source of the shims."""

    def __init__(self):
        selector = _NoInput()
        super().__init__(selector)
        selector.loop = self
        self._now_us = 0

    def advance(self, seconds):
        self._now_us += max(1, round(seconds * MICROSECOND))

    def time(self):
        return self._now_us / MICROSECOND

    def us(self):
        return self._now_us

    def sleep_us(self, us):
        self._now_us += us


def run(make, seed_value):
    """Runs the coroutine of make() to its end, on a clock and with chance of its own; what it returns."""
    from tools.sim.cpython import shims

    seed(seed_value)
    loop = Loop()
    previous = shims.set_time_source(loop)
    collect, gc.collect = gc.collect, lambda *_: 0  # the firmware calls it at each flow
    gc.freeze()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(make())
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.001))
        gc.collect = collect
        gc.unfreeze()
        shims.set_time_source(previous)
        asyncio.set_event_loop(None)
        loop.close()
