"""The print buffer of one line: characters and bit images side by side until the line is printed."""

from PIL import Image, ImageChops

from tools.sim import fonts
from tools.sim.chips.paper import COLUMN, WIDTH

LEFT, CENTRE, RIGHT = range(3)


class Style:
    """How characters are printed. Sizes are multiples; Chinese characters have sizes of their own."""

    def __init__(self):
        self.width = self.height = 1
        self.wide_width = self.wide_height = 1
        self.font_b = self.bold = self.reverse = False
        self.underline = 0
        self.spacing = 0

    def glyph(self, char, wide):
        """A character as dots."""
        if wide:
            dots, size = fonts.printed(char, 24, 24), (self.wide_width, self.wide_height)
        else:
            dots = fonts.printed(char, 9, 17) if self.font_b else fonts.printed(char, COLUMN, 24)
            size = (self.width, self.height)
        if self.bold:
            dots = ImageChops.logical_or(dots, ImageChops.offset(dots, 1, 0))
        if size != (1, 1):
            dots = dots.resize((dots.width * size[0], dots.height * size[1]), Image.Resampling.NEAREST)
        if self.spacing:
            dots = _padded(dots, self.spacing * size[0])
        if self.reverse:
            return ImageChops.invert(dots)  # a reversed character is not underlined
        if self.underline:
            dots = dots.copy()
            dots.paste(255, (0, dots.height - self.underline, dots.width, dots.height))
        return dots


class PrintLine:
    """What will be printed with the next line feed."""

    def __init__(self):
        self.align = LEFT
        self.left = 0
        self.area = WIDTH
        self.clear()

    def clear(self):
        self._items = []  # (x, image)
        self.text = ""
        self.x = 0

    @property
    def empty(self):
        return not self._items and not self.x

    def width(self):
        return min(self.area, WIDTH - self.left)

    def room_for(self, dots):
        return self.x + dots <= self.width()

    def add(self, image, text):
        self._items.append((self.x, image))
        self.x += image.width
        self.text += text

    def move_to(self, x):
        """Goes on at `x` dots from the left margin; out of the line is ignored."""
        if not 0 <= x < self.width():
            return
        if x > self.x:
            self.text += " " * max(1, round((x - self.x) / COLUMN))
        self.x = x

    def start(self, width):
        """Where something `width` dots wide begins under the alignment in force."""
        free = max(0, self.width() - width)
        return self.left + (0, free // 2, free)[self.align]

    def take(self):
        """(text, marks, height) of the line; the buffer is empty afterwards."""
        height = max((image.height for _, image in self._items), default=0)
        start = self.start(self.x)
        marks = [(start + x, height - image.height, image) for x, image in self._items]
        text = (" " * round(start / COLUMN) + self.text).rstrip() if self.text.strip() else ""
        self.clear()
        return text, marks, height


def _padded(dots, right):
    wider = Image.new("1", (dots.width + right, dots.height))
    wider.paste(dots, (0, 0))
    return wider
