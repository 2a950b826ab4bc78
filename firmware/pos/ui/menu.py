"""A list to choose from, with number keys or with UP, DOWN and ENTER."""

from micropython import const

from pos.ui.inputs import HOLD, KEY
from pos.ui.leave import Cancelled

_NUMBERED = const("1234567890")  # the keys of the first ten entries


async def choose(ui, title, items, at=0):
    """Returns the index of the chosen item (a list of texts). A number key chooses that entry at once; UP and DOWN
    move the mark and go round at the ends. `at`: where the mark begins. Raises Cancelled, IdleTimeout."""
    top = 0
    lines = ui.screen.rows - 1
    while True:
        if at < top:
            top = at
        elif at >= top + lines:
            top = at - lines + 1
        _show(ui, title, items, at, top)
        kind, key = await ui.next()
        if kind == HOLD:
            continue
        if key == "DOWN":
            at = (at + 1) % len(items)
        elif key == "UP":
            at = (at - 1) % len(items)
        elif kind == KEY:
            if key == "ENTER":
                return at
            if key == "CANCEL":
                raise Cancelled()
            number = _NUMBERED.find(key)
            if 0 <= number < len(items):
                return number


def _show(ui, title, items, at, top):
    screen = ui.screen
    screen.clear()
    screen.put_pair(0, title, "%d/%d" % (at + 1, len(items)))
    for line in range(screen.rows - 1):
        index = top + line
        if index < len(items):
            number = _NUMBERED[index] if index < len(_NUMBERED) else " "
            screen.put(1 + line, (">" if index == at else " ") + number + " " + items[index])
    screen.flush()
