"""Shows more rows than the display has, UP and DOWN moving through them."""

from pos.ui.inputs import HOLD, KEY


async def show(ui, lines, title=""):
    """`lines`: a list of rows. Leaves on ENTER or CANCEL and returns which. Raises
    IdleTimeout."""
    screen = ui.screen
    first = 1 if title else 0
    room = screen.rows - first
    last_top = max(0, len(lines) - room)
    top = 0
    while True:
        screen.clear()
        if title:
            screen.put_pair(
                0, title, "%d/%d" % (top // room + 1 if top < last_top else _pages(lines, room), _pages(lines, room))
            )
        for row in range(room):
            if top + row < len(lines):
                screen.put(first + row, lines[top + row])
        screen.flush()
        kind, key = await ui.next()
        if kind == HOLD:
            continue
        if key == "DOWN":
            top = min(top + room, last_top)
        elif key == "UP":
            top = max(top - room, 0)
        elif kind == KEY and key in ("ENTER", "CANCEL"):
            return key


def _pages(lines, room):
    return max(1, (len(lines) + room - 1) // room)
