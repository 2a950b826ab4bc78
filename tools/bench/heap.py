"""Heap of the whole terminal on MicroPython: .mpy files from a littlefs image, real host over TLS, a day by hand."""

import asyncio

from tools.bench.row import Row, at_most
from tools.bench.stand import Lost, Stand

LIMIT_BYTES = 128 * 1024
ENOUGH_K = 208  # a sale must pass with this heap
TRIED_K = range(192, 96, -16)  # and how small may it get
COLLECT_EVERY_MS = 1000


def rows():
    return asyncio.run(_rows())


async def _rows():
    async with Stand() as stand:
        used = await in_use(stand)
        enough = await sells(stand, ENOUGH_K)
        smallest = ENOUGH_K
        for heap_k in TRIED_K:
            if not (enough and await sells(stand, heap_k)):
                break
            smallest = heap_k
    simulator = used.pop("simulator")
    return [
        Row(
            f"whole terminal {when}: heap in use (64-bit)",
            bytes_used,
            "bytes",
            simulator,
            "of it the simulator's own",
            at_most(LIMIT_BYTES),
            0 < bytes_used <= LIMIT_BYTES,
        )
        for when, bytes_used in used.items()
    ] + [
        Row(
            "smallest heap in which a sale passes (64-bit)",
            smallest * 1024,
            "bytes",
            ENOUGH_K * 1024,
            "heap that must do",
            f"a sale passes with -X heapsize={ENOUGH_K}K",
            enough,
            "tried in steps of 16 K",
        )
    ]


async def in_use(stand):
    """{when: bytes in use after a collection}; "simulator": before boot.py, interpreter and fakes alone."""
    async with stand.terminal(ENOUGH_K, COLLECT_EVERY_MS) as day:
        used = {}
        await day.start()
        used["after start"] = await day.heap_in_use()
        await day.log_in()
        used["after sign-on"] = await day.heap_in_use()
        await day.sell()
        used["after a sale"] = await day.heap_in_use()
        used["simulator"] = day.circuit.heap_base
        return used


async def sells(stand, heap_k):
    """Whether a terminal with this heap gets through start, sign-on and a sale with both slips."""
    try:
        async with stand.terminal(heap_k) as day:
            await day.start()
            await day.log_in()
            await day.sell()
    except Lost:
        return False
    return True
