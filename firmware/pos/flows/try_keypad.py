"""Keypad test: each key lights its cell; ends when all were pressed, or when CANCEL is held."""

from pos.ui import message
from pos.ui.inputs import HOLD, KEY

_CELL_COLUMNS = 4
_NAME_LETTERS = 3


async def run(terminal):
    ui = terminal.ui
    legend = terminal.parts.legend
    await message.show(ui, ui.t("test_keypad_how"))
    left = [key for row in legend for key in row]
    while left:
        _show(ui.screen, legend, left)
        kind, key = await ui.next()
        if kind == HOLD and key == "CANCEL":
            await terminal.tell("test_keypad_left", keys=len(left))
            return
        if kind == KEY and key in left:
            left.remove(key)
    _show(ui.screen, legend, left)
    await terminal.tell("test_keypad_done")


def _show(screen, legend, left):
    """A cell for each key, as they lie: a point, or the beginning of its name once it was pressed."""
    screen.clear()
    for row in range(min(len(legend), screen.rows)):
        cells = ["." if key in left else key[:_NAME_LETTERS] for key in legend[row]]
        screen.put(row, "".join([cell + " " * (_CELL_COLUMNS - len(cell)) for cell in cells]))
    screen.flush()
