"""Digits two rows high for displays with eight definable glyphs (HD44780), two columns a digit.

A digit is four cells. Strokes: T top, M middle, B bottom bar; L left, R right post. The bottom bar alone is the
character ROM's underscore, which leaves eight shapes to define. Right-hand shapes keep their last dot column dark:
it is the gap to the next digit.
"""

# Eight dot rows of five dots (bit 4 is the leftmost) for codes 0 to 7.
_GLYPHS = (
    b"\x1f\x1f\x18\x18\x18\x18\x18\x18",  # 0 TL
    b"\x1e\x1e\x06\x06\x06\x06\x06\x06",  # 1 TR
    b"\x18\x18\x18\x18\x18\x18\x1f\x1f",  # 2 LB, and the top of a 4
    b"\x06\x06\x06\x06\x06\x06\x1e\x1e",  # 3 RB, likewise
    b"\x1f\x1f\x18\x18\x18\x18\x1f\x1f",  # 4 TLM
    b"\x1e\x1e\x06\x06\x06\x06\x1e\x1e",  # 5 TRM
    b"\x1e\x1e\x00\x00\x00\x00\x1e\x1e",  # 6 TM
    b"\x06\x06\x06\x06\x06\x06\x06\x06",  # 7 R
)
# Each digit: top left, top right, bottom left, bottom right.
_DIGITS = (
    b"\x00\x01\x02\x03"
    b" \x07 \x07"
    b"\x06\x05\x02_"
    b"\x06\x05_\x03"
    b"\x02\x03 \x07"
    b"\x04\x06_\x03"
    b"\x04\x06\x02\x03"
    b"\x00\x01 \x07"
    b"\x04\x05\x02\x03"
    b"\x04\x05_\x03"
)


def compose(text, cols):
    """(top cells, bottom cells) of a text of digits and points: a point takes one column, a digit two, and three where
    all of it still fits `cols`."""
    points = text.count(".")
    spaced = 3 * (len(text) - points) + points <= cols
    top = bytearray()
    bottom = bytearray()
    for char in text:
        if char == ".":
            top.extend(b" ")
            bottom.extend(b".")
        else:
            at = 4 * int(char)
            top.extend(_DIGITS[at : at + 2])
            bottom.extend(_DIGITS[at + 2 : at + 4])
            if spaced:
                top.extend(b" ")
                bottom.extend(b" ")
    return top, bottom


def define(display):
    for code in range(len(_GLYPHS)):
        display.define_glyph(code, _GLYPHS[code])
