"""A matrix of bare switches: which pin is connected to which by the keys that are held down."""

ALIASES = {"00": "UP"}
"""Other names of a key; the UP key means 00 while an amount is entered."""


class KeyMatrix:
    """Rows and columns of a keypad without diodes.

    A key held down joins its row and its column, so several keys may join wires that no single key joins: three
    keys at the corners of a rectangle make the fourth seem pressed, which firmware has to notice.

    `row_pins`, `col_pins`: pin numbers; `legend[row][col]`: label of each key.
    """

    def __init__(self, row_pins, col_pins, legend):
        self.row_pins = tuple(row_pins)
        self.col_pins = tuple(col_pins)
        self._wires = {}  # label -> (row pin, column pin)
        for row, labels in zip(self.row_pins, legend, strict=True):
            for col, label in zip(self.col_pins, labels, strict=True):
                self._wires[label] = (row, col)
        self._held = set()
        self._driven = {}  # pin -> level; a pin that lets go of its wire is not in it
        self._pulled = dict.fromkeys(self.row_pins + self.col_pins, 1)
        self.shorts = 0
        """How often a pin driven high met one driven low: on a board that is a short circuit."""

    @property
    def labels(self):
        """Labels of all keys."""
        return tuple(self._wires)

    @property
    def held(self):
        """Labels of the keys held down."""
        return frozenset(self._held)

    def press(self, label):
        """Pushes a key down; KeyError when there is no such key."""
        label = ALIASES.get(label, label)
        if label not in self._wires:
            raise KeyError(label)
        self._held.add(label)

    def release(self, label):
        """Lets a key go; KeyError when there is no such key."""
        label = ALIASES.get(label, label)
        if label not in self._wires:
            raise KeyError(label)
        self._held.discard(label)

    def release_all(self):
        self._held.clear()

    def drive(self, pin, level):
        """A pin pulls its wire to 0 or 1, or lets go of it (None: input, or open drain at high level)."""
        if level is None:
            self._driven.pop(pin, None)
        else:
            self._driven[pin] = 1 if level else 0

    def pull(self, pin, level):
        """The level which a resistor gives to a wire that nobody drives; 1 for all wires at first."""
        self._pulled[pin] = 1 if level else 0

    def level(self, pin):
        """0 or 1 as measured at the pin. A driven pin wins over any resistor, low wins over high."""
        wires = self._connected(pin)
        levels = {self._driven[wire] for wire in wires if wire in self._driven}
        if len(levels) > 1:
            self.shorts += 1
        if levels:
            return min(levels)
        return min(self._pulled.get(wire, 1) for wire in wires)

    def _connected(self, pin):
        """All pins that are joined with this one, itself included."""
        joined = {pin}
        grown = True
        while grown:
            grown = False
            for label in self._held:
                row, col = self._wires[label]
                if (row in joined) != (col in joined):
                    joined.update((row, col))
                    grown = True
        return joined
