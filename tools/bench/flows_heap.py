"""Heap of the whole terminal in every flow (round.py): the fullest screens, idle after all, the least to pass with."""

import asyncio

from tools.bench import round as all_flows
from tools.bench.heap import ENOUGH_K
from tools.bench.row import Row
from tools.bench.stand import Lost, Stand

COLLECT_EVERY_MS = 100
IDLE_S = 0.6
TRIED_K = range(ENOUGH_K, ENOUGH_K - 64, -16)
FULLEST_SHOWN = 5


def rows():
    return asyncio.run(_rows())


async def _rows():
    measured, smallest = await asyncio.gather(fill(), _smallest())
    enough = smallest > 0
    fullest = sorted(measured, key=lambda name: measured[name][0], reverse=True)[:FULLEST_SHOWN]
    names = list(measured)
    first_idle = measured[names[1]][1]
    found = [
        Row(
            f"all flows: heap in use at the fullest of `{name}` (64-bit)",
            measured[name][0],
            "bytes",
            measured[name][1],
            "at idle after it",
            note=f"collected and told every {COLLECT_EVERY_MS} ms",
        )
        for name in fullest
    ]
    found.append(
        Row(
            "all flows: heap in use at idle after most of them (64-bit)",
            max(idle for _full, idle in measured.values()),
            "bytes",
            first_idle,
            "after the sign-on",
            note="the table of names has doubled by then, 14 KB; the limit for a sale is measured before",
        )
    )
    found.append(
        Row(
            "least heap in which all flows pass (64-bit)",
            (smallest or ENOUGH_K) * 1024,
            "bytes",
            ENOUGH_K * 1024,
            "heap that must do",
            f"all flows pass with -X heapsize={ENOUGH_K}K",
            enough,
            "tried in steps of 16 K",
        )
    )
    return found


async def fill():
    """{step: (most bytes in use during it, bytes in use at idle after it)}, in a heap that has just enough room."""
    found = {}
    async with Stand() as stand, stand.terminal(ENOUGH_K, COLLECT_EVERY_MS) as day:

        async def note(name):
            found[name] = day.fullest, await day.heap_in_use(IDLE_S)
            day.fullest = 0

        await all_flows.walk(day, stand.merchant, note)
    return found


async def passes(heap_k):
    """Whether a terminal with this heap gets through every flow."""
    try:
        async with Stand() as stand, stand.terminal(heap_k) as day:
            await all_flows.walk(day, stand.merchant)
    except Lost:
        return False
    return True


async def _smallest():
    """The least heap that passes, 0 when what must do does not."""
    found = 0
    for heap_k in TRIED_K:
        if not await passes(heap_k):
            break
        found = heap_k
    return found
