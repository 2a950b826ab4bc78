"""Starts the terminal, and starts it again when it ends by a fault that nothing below could handle."""

import asyncio
import sys

import machine

RESTART_DELAY_MS = 3_000  # time to read the traceback on the REPL, and no tight loop of crashes


async def _run():
    terminal = await _assembled()
    await terminal.run()


async def _assembled():
    from pos import loading, wiring

    terminal = await wiring.assemble()
    # The board's data and the code that put the terminal together have done their work.
    loading.forget("pos.wiring")
    loading.forget("board")
    return terminal


async def _pause():
    await asyncio.sleep_ms(RESTART_DELAY_MS)  # type: ignore[attr-defined]


try:
    asyncio.run(_run())
except KeyboardInterrupt:
    # Ctrl-C at the REPL stops the terminal and leaves the prompt; a soft reset starts it again.
    print("terminal stopped; Ctrl-D starts it again")
except Exception as error:
    # The journal holds whatever money depends on, so a clean start is always the safe way on.
    sys.print_exception(error)  # type: ignore[attr-defined]
    asyncio.run(_pause())
    machine.reset()
