"""A list to choose from that is too long to be loaded: only the rows on the screen are held."""

from pos.ui.inputs import HOLD, KEY
from pos.ui.leave import Cancelled


async def choose(ui, title, read, draw, at=0):
    """Returns the chosen item of a list, None when it is empty. `read()` gives a fresh iterator over the items, of
    which as few are taken as are needed; `draw(item)` the text of a row (at most the columns less one). DOWN and UP
    move the mark and stop at the ends; ENTER takes it. `at`: where the mark begins. Raises Cancelled, IdleTimeout."""
    view = _View(read, ui.screen.rows - 1)
    if not view.go(at):
        return None
    while True:
        screen = ui.screen
        screen.clear()
        screen.put_pair(0, title, str(view.at + 1))
        for line in range(len(view.items)):
            mark = ">" if view.top + line == view.at else " "
            screen.put(1 + line, mark + draw(view.items[line]))
        screen.flush()
        kind, key = await ui.next()
        if kind == HOLD:
            continue
        if key == "DOWN":
            view.go(view.at + 1)
        elif key == "UP":
            view.go(view.at - 1)
        elif kind == KEY and key == "ENTER":
            return view.items[view.at - view.top]
        elif kind == KEY and key == "CANCEL":
            raise Cancelled()


class _View:
    """A window of `room` items on the list; at: index of the marked one, top: of the first that is held."""

    def __init__(self, read, room):
        self._read = read
        self._room = room
        self._begin()

    def _begin(self):
        self._rest = iter(self._read())
        self.items = []
        self.at = self.top = 0

    def go(self, at):
        """Moves the mark there, or to the nearest end; False when there are no items."""
        at = max(at, 0)
        top = max(self.top, at - self._room + 1)
        if at < self.top:
            self._begin()  # upwards the list is read again from its beginning
            top = at
        while self.top + len(self.items) < top + self._room:
            try:
                self.items.append(next(self._rest))
            except StopIteration:
                break
            if len(self.items) > self._room:
                self.items.pop(0)
                self.top += 1
        self.at = min(at, self.top + len(self.items) - 1)
        return bool(self.items)
