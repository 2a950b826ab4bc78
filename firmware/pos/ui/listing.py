"""A list too long to be held: only the rows on the screen are there, the others are read when they are scrolled to."""

from pos.ui.inputs import HOLD, KEY
from pos.ui.leave import Cancelled


class Listing:
    """title at the left of the first row, the mark's position at its right, below it the rows.

    title    a text, or item -> what has no room in the row of the one that is marked
    source   older() and newer() give the next item in that direction, None at the end (see journal/history.py, Walk);
             at first its place is before the item that comes first in the list
    render   item -> (left, right), the texts of its row
    at       how many items come before the one that is marked at first
    What the source raises passes through."""

    def __init__(self, ui, title, source, render, at=0):
        self._ui = ui
        self._title = title
        self._render = render
        self._view = _View(source, ui.screen.rows - 1)
        for _ in range(at):
            self._view.down()

    async def choose(self):
        """Returns the item on which ENTER was pressed; None when there is no item at all. The next call goes on where
        the mark stands. UP and DOWN (held: on and on) move it. Raises Cancelled, IdleTimeout."""
        view = self._view
        if not view.items:
            return None
        while True:
            self._show()
            kind, key = await self._ui.next()
            if kind == HOLD:
                continue
            if key == "DOWN":
                view.down()
            elif key == "UP":
                view.up()
            elif kind == KEY and key == "ENTER":
                return view.items[view.at]
            elif kind == KEY and key == "CANCEL":
                raise Cancelled()

    def place(self):
        """How many items come before the one that is marked."""
        return self._view.first + self._view.at

    def _show(self):
        screen, view = self._ui.screen, self._view
        position = str(self.place() + 1)
        title = self._title if isinstance(self._title, str) else self._title(view.items[view.at])
        screen.put_pair(0, title, "%s/%d" % (position, view.length) if view.length else position)
        for row in range(screen.rows - 1):
            if row < len(view.items):
                left, right = self._render(view.items[row])
                screen.put_pair(1 + row, (">" if row == view.at else " ") + left, right)
            else:
                screen.put(1 + row, "")
        screen.flush()


async def choose(ui, title, source, render, at=0):
    """A list that is chosen from once; see Listing."""
    return await Listing(ui, title, source, render, at).choose()


class _View:
    """The items on the screen; at: which of them is marked; first: how many come before them; length: of the whole
    list, 0 until its end was seen."""

    def __init__(self, source, room):
        self._source = source
        self.items = []
        self.at = self.first = self.length = 0
        while len(self.items) < room and self._read():
            pass

    def down(self):
        if self.at + 1 < len(self.items):
            self.at += 1
        elif self._read():
            del self.items[0]
            self.first += 1

    def up(self):
        if self.at:
            self.at -= 1
        elif self.first:
            # The source stands behind the last row: to the row before the first, and back to what is then the last.
            room = len(self.items)
            for _ in range(room):
                self._source.newer()
            self.items.insert(0, self._source.newer())
            self.items.pop()
            for _ in range(room):
                self._source.older()
            self.first -= 1

    def _read(self):
        """Takes one more item; False at the end of the list."""
        item = self._source.older()
        if item is None:
            self.length = self.first + len(self.items)
            return False
        self.items.append(item)
        return True
