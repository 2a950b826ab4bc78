"""The paper of a thermal printer: what has been printed on it, as text and as a picture, slip by slip."""

import datetime

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH = 384
"""Dots of the print head: 48 mm at 8 dots a millimetre."""

COLUMN = 12
"""Dots of a character of font A; 32 of them fill the line."""

PAPER_MARGIN = 40
"""Dots beside the head on each side of a roll 58 mm wide."""

PAPER = (251, 249, 244)
INK = (44, 41, 52)
TOOTH = 8
"""Width and twice the height of the teeth that the tear-off edge leaves."""

CUT, TORN, HANGING = "cut", "torn", "hanging"


class Slip:
    """One piece of paper.

    `rows`: the printed lines as text; `height`: its length in dots; `at`: ISO 8601, when its last line was printed;
    `end`: "cut", "torn" or "hanging" (still in the printer); `qr_codes`: contents of the QR codes on it, as bytes.
    """

    def __init__(self, top=TORN):
        self.rows = []
        self.height = 0
        self.at = ""
        self.top = top
        self.end = HANGING
        self.qr_codes = []
        self._marks = []  # (x, y, image of mode "1")
        self._picture = None

    @property
    def text(self):
        """The lines as text, up to 32 columns (a Chinese character takes two), without blank lines at the end."""
        return "\n".join(self.rows).rstrip()

    @property
    def blank(self):
        return not self._marks

    def __bool__(self):
        return self.height > 0

    def mark(self, x, y, dots):
        """Burns dots, an image of mode "1", at `x` and `y` dots from the top left."""
        self._marks.append((x, y, dots))

    def image(self, margin=0):
        """A picture, mode RGBA, of this slip; 384 pixels wide and `margin` more on either side.

        `PAPER_MARGIN` shows the whole width of the paper.
        """
        state = self.height, len(self._marks), self.end, margin
        if self._picture is None or self._picture[0] != state:
            self._picture = state, self._draw(margin)
        return self._picture[1]

    def dots(self):
        """The burnt dots alone, an image of mode "1", 384 pixels wide."""
        dots = Image.new("1", (WIDTH, max(self.height, 1)))
        for x, y, mark in self._marks:
            box = (x, y, x + mark.width, y + mark.height)
            dots.paste(ImageChops.logical_or(dots.crop(box), mark), box)
        return dots

    def _draw(self, margin):
        dots = self.dots().convert("L")
        # Heat spreads a little: each dot blackens the rim of its neighbours.
        soft = dots.filter(ImageFilter.GaussianBlur(0.6)).point(lambda grey: min(255, grey * 5 // 4))
        size = WIDTH + 2 * margin, dots.height + 2 * TOOTH
        picture = Image.new("RGB", size, PAPER)
        picture.paste(INK, (margin, TOOTH), soft)
        picture.putalpha(self._outline(*size))
        return picture

    def _outline(self, width, height):
        """Where there is paper: straight at a cut, teeth at a tear, nothing special where it hangs on."""
        shape = Image.new("L", (width, height), 255)
        draw = ImageDraw.Draw(shape)
        for end, edge, inward in ((self.top, 0, 1), (self.end, height - 1, -1)):
            if end == TORN:
                for x in range(-TOOTH // 2, width, TOOTH):
                    points = [(x, edge), (x + TOOTH, edge), (x + TOOTH // 2, edge + inward * (TOOTH // 2 + 1))]
                    draw.polygon(points, fill=0)
        return shape


class Paper:
    """All paper that hangs out of the printer.

    `slips`: finished slips, oldest first; `current`: the slip being printed; `version` rises with each change.
    `now`: callable giving the date and time, with its zone, to be noted on slips.
    """

    def __init__(self, now=None):
        self._now = now or (lambda: datetime.datetime.now().astimezone())
        self.slips = []
        self.current = Slip()
        self.version = 0

    def feed(self, dots):
        """Moves the paper on."""
        self.current.height += dots
        self._changed()

    def line(self, text, marks, height, advance):
        """Prints a line: `marks` are (x, y from its top, image), `height` dots of it may be black."""
        for x, y, dots in marks:
            self.current.mark(x, self.current.height + y, dots)
        self.current.rows.append(text)
        self.feed(max(height, advance))

    def finish(self, end):
        """The slip is cut or torn off; one that has no length is none."""
        if self.current:
            self.current.end = end
            self.slips.append(self.current)
            self.current = Slip(top=end)
            self.version += 1

    def tear_off(self):
        """Tears at the edge: what was being printed becomes the last of `slips`."""
        self.finish(TORN)

    def _changed(self):
        self.current.at = self._now().isoformat(timespec="seconds")
        self.version += 1
