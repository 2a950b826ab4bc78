"""Draws the dots of a liquid crystal display in its colours."""

from dataclasses import dataclass

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Colours of one kind of glass: what is lit from behind, a dot that is off, one that is on, and no power."""

    ground: Colour
    off: Colour
    on: Colour
    dark: Colour


BLUE = Palette(ground=(22, 55, 196), off=(29, 64, 206), on=(236, 244, 255), dark=(16, 24, 52))
"""White dots on blue (a negative STN with a white backlight)."""


def paint(dots, palette, scale=1, lit=True, cells=None, border=0):
    """A picture of `dots`, an image of mode "1" whose set pixels are dark or lit dots.

    `scale`: pixels a dot and its gap take; from 3 on the gap between dots shows. `lit`: False for a display without
    power or backlight. `cells`: image of mode "1" of the same size that says where there are dots at all (a character
    display has none between its characters). `border`: dots of empty glass around.
    """
    width, height = dots.width + 2 * border, dots.height + 2 * border
    ground = palette.ground if lit else palette.dark
    off = palette.off if lit else palette.dark
    picture = Image.new("RGB", (width, height), ground)
    picture.paste(off, (border, border), cells if cells is not None else Image.new("1", dots.size, 255))
    picture.paste(palette.on if lit else _between(palette.on, palette.dark), (border, border), dots)
    if scale == 1:
        return picture
    picture = picture.resize((width * scale, height * scale), Image.Resampling.NEAREST)
    if scale >= 3:
        _draw_gaps(picture, ground, scale)
    return picture


def _draw_gaps(picture, ground, scale):
    """The grid of clear glass that separates the dots, a little into the colour of their edges."""
    grid = Image.new("L", picture.size)
    draw = ImageDraw.Draw(grid)
    strength = 150 if scale >= 4 else 90
    for x in range(scale - 1, picture.width, scale):
        draw.line((x, 0, x, picture.height), fill=strength)
    for y in range(scale - 1, picture.height, scale):
        draw.line((0, y, picture.width, y), fill=strength)
    picture.paste(ground, (0, 0), grid)


def _between(one, other):
    return tuple((3 * b + a) // 4 for a, b in zip(one, other, strict=True))
