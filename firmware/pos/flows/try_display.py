"""Display test: all dots, no dots, then every character that the firmware shows; any key goes on, CANCEL ends."""

from pos.ui import message
from pos.ui.leave import Cancelled

_FIRST, _END = 0x20, 0x7F
_DOTS_HIGH = 64
_DOTS_ROW = b"\xff" * 16
_BLOCK = b"\xff"  # all dots of a cell in the HD44780's font
# Simple and crowded characters side by side: what is worn in the glass shows in these.
_CHINESE = "一二三十口田国圆鼎齿龟爨疆囊赢镶"


async def run(terminal):
    ui = terminal.ui
    await message.show(ui, ui.t("test_display_how"))
    try:
        await _all_dots(ui)
        for page in _pages(ui.screen):
            await _show(ui, page)
    except Cancelled:
        pass
    await terminal.tell("test_done")


async def _all_dots(ui):
    screen = ui.screen
    display = screen.display
    drawn = hasattr(display, "dots")
    screen.clear()
    screen.flush()
    for row in range(_DOTS_HIGH if drawn else screen.rows):
        if drawn:
            display.dots(row, _DOTS_ROW)
        else:
            display.write(row, 0, _BLOCK * screen.cols)
    if drawn:
        display.picture(True)
    try:
        await _any_key(ui)
    finally:
        if drawn:
            display.picture(False)
        screen.forget()
    screen.clear()
    screen.flush()
    await _any_key(ui)


def _pages(screen):
    """Lists of rows."""
    text = "".join([chr(code) for code in range(_FIRST, _END)])
    per_page = screen.cols * screen.rows
    for start in range(0, len(text), per_page):
        page = text[start : start + per_page]
        yield [page[at : at + screen.cols] for at in range(0, len(page), screen.cols)]
    if screen.wide:
        half = len(_CHINESE) // 2
        yield [_CHINESE[:half], _CHINESE[half:]]


async def _show(ui, rows):
    screen = ui.screen
    screen.clear()
    for row in range(len(rows)):
        screen.put(row, rows[row])
    screen.flush()
    await _any_key(ui)


async def _any_key(ui):
    if await message.wait(ui) == "CANCEL":
        raise Cancelled()
