"""Presses of keys for what must be done in seconds, counted while the whole terminal is driven."""

import asyncio
import tempfile
from pathlib import Path

from tools.bench.records import BATCH, write_journal
from tools.bench.row import Row, at_most
from tools.bench.stand import LONG_S, PINS, Stand
from tools.provision import TERMINAL
from tools.sim.process import HEAP

VOID_MAX = 8
FIND_MAX = 6
VOUCHER_DIGITS = 6
_HEAP_K = int(HEAP.rstrip("K"))


def rows():
    return asyncio.run(_rows())


async def _rows():
    async with Stand() as stand:
        void = await _void(stand)
        looks = [await _find(stand, BATCH // 2), await _find(stand, 1), await _find(stand, BATCH)]
    found = max(looks)
    return [
        Row(
            "keys from idle to the last sale's void approved, beside the PIN's digits",
            void,
            "keys",
            len(PINS["01"]),
            "digits of the PIN",
            at_most(VOID_MAX),
            0 < void <= VOID_MAX,
        ),
        Row(
            f"keys from idle to any of {BATCH} by its voucher number, beside its digits",
            found,
            "keys",
            VOUCHER_DIGITS,
            "digits of the number",
            at_most(FIND_MAX),
            0 < found <= FIND_MAX,
            "the first, one in the middle, the last",
        ),
    ]


async def _void(stand):
    """A sale, then its void for the first of the reasons."""
    async with stand.terminal(_HEAP_K) as day:
        await day.start()
        await day.log_in()
        await day.sell()
        before = day.pressed
        await day.do(
            ("keys", "MENU 2 1"),
            ("on", "hint_original", "ENTER"),
            ("pin",),
            ("on", "title_reason", "1"),
            ("on", "hint_yes_no", "ENTER"),
            ("see", "approved_void"),
        )
        return day.pressed - before - len(PINS["01"])


async def _find(stand, trace):
    """The transaction with this number, in a journal with 500."""
    with tempfile.TemporaryDirectory() as folder:
        write_journal(folder, (BATCH,))
        files = {f"/data/journal-{TERMINAL}/{file.name}": file.read_bytes() for file in Path(folder).iterdir()}
    async with stand.terminal(_HEAP_K, more=files) as day:
        await day.start()
        await day.log_in()
        before = day.pressed
        await day.keys("MENU 3 3 1")
        await day.on("prompt_voucher", f"{trace:0{VOUCHER_DIGITS}d} ENTER")
        await day.on("tx_approved", "DOWN", LONG_S)
        await day.see("tx_voucher", trace=f"{trace:06d}")
        return day.pressed - before - VOUCHER_DIGITS - 1  # it was on the screen before DOWN
