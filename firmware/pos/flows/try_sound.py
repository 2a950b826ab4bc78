"""Sound test: the three tones one after the other; at volume 0 says why nothing is heard."""

import asyncio

from micropython import const

_PAUSE_MS = const(900)


async def run(terminal):
    ui = terminal.ui
    if not terminal.settings["volume"]:
        await terminal.tell("test_silent")
        return
    ui.draw(ui.t("test_tones"))
    for tone in ("click", "approved", "error"):
        await asyncio.sleep_ms(_PAUSE_MS)
        terminal.parts.sound(tone)
    await asyncio.sleep_ms(_PAUSE_MS)
    await terminal.tell("test_done")
