"""Glyphs for the simulated font ROMs and printer; as a program it fetches the free fonts that they come from.

    python -m tools.sim.fonts

Two fonts of Debian stand in for what is masked into the chips: GNU Unifont for the display's ROM of 8x16 and 16x16
characters, WenQuanYi Micro Hei for the printer's. They are taken from where the system keeps them, or else from a
cache folder (`FONT_CACHE`, build/fonts by default), into which the program unpacks Debian's packages without
installing them. Whatever cannot be had is replaced by a font that Pillow brings along, in which Chinese characters
are boxes; that is said once, on standard error.
"""

import argparse
import functools
import glob
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CACHE = Path(os.environ.get("FONT_CACHE") or Path(__file__).parents[2] / "build" / "fonts")
"""Where fetched fonts are kept."""

FETCH_TIMEOUT_S = 120
"""For one package; a slow mirror must not hold up the set-up for ever."""

APT_OPTIONS = ("-q", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20", "-o", "APT::Sandbox::User=root")

INK_LEVEL = 110
"""Grey from which a dot of an outline font is printed; chosen by eye for 24-dot hanzi."""

_FULL_BLOCK, _SHADE = 0x2588, 0x2592


@dataclass(frozen=True)
class Font:
    """A font file: its Debian package, the path in it, and what it is for."""

    package: str
    path: str
    what: str

    @property
    def name(self):
        return Path(self.path).name


UNIFONT = Font("unifont", "/usr/share/unifont/unifont.hex", "characters on the ST7920 display")
MICRO_HEI = Font("fonts-wqy-microhei", "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "characters on paper")
FONTS = (UNIFONT, MICRO_HEI)


def find(font):
    """Path of a font file in the system or in the cache, or None."""
    for path in (Path(font.path), CACHE / font.name):
        if path.is_file():
            return path
    return None


# Glyphs of the display


@functools.cache
def half_width(code):
    """An 8x16 character as 16 rows of 8 bits, most significant bit leftmost."""
    return _from_unifont(code, 8) or _from_pillow(chr(code), 8)


@functools.cache
def full_width(gb_code):
    """A 16x16 character of GB2312 (EUC code such as 0xB0A1) as 16 rows of 16 bits; blank when there is none."""
    try:
        char = gb_code.to_bytes(2, "big").decode("gb2312")
    except UnicodeDecodeError:
        return (0,) * 16
    return _from_unifont(ord(char), 16) or _from_pillow(char, 16)


@functools.cache
def _unifont():
    """Code in hexadecimal -> rows in hexadecimal, as the font's file has them."""
    path = _wanted(UNIFONT)
    lines = path.read_text("ascii", "replace").split() if path else ()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def _from_unifont(code, width):
    """Rows of a glyph of the wanted width or a narrower one, None when the font has none."""
    digits = _unifont().get(f"{code:04X}")
    if not digits:
        return None
    own_width = len(digits) // 4
    if own_width not in (8, 16) or own_width > width:
        return None
    step = own_width // 4
    return tuple(int(digits[n * step : (n + 1) * step], 16) << (width - own_width) for n in range(16))


def _from_pillow(char, width):
    """Rows of a glyph drawn with the font that Pillow brings along; a box where that has none."""
    glyph = Image.new("L", (width, 16))
    if ord(char) < 0x100:
        ImageDraw.Draw(glyph).text((0, 1), char, fill=255, font=_pillow_font(12))
    else:
        ImageDraw.Draw(glyph).rectangle((1, 1, width - 3, 13), outline=255)
    dots = glyph.point(lambda grey: 255 if grey > INK_LEVEL else 0, "1").tobytes()
    step = width // 8
    return tuple(int.from_bytes(dots[n * step : (n + 1) * step], "big") for n in range(16))


# Glyphs of the printer


@functools.cache
def printed(char, width, height):
    """A character as the printer's head burns it: an image of mode "1", `width` x `height` dots.

    Outlines are set on the 24-dot line of font A: hanzi in 24x24, half-width characters in 12x24.
    """
    glyph = Image.new("L", (width, height))
    draw = ImageDraw.Draw(glyph)
    if ord(char) == _FULL_BLOCK:
        draw.rectangle((0, 0, width, height), fill=255)
    elif ord(char) == _SHADE:
        draw.point([(x, y) for x in range(width) for y in range(height) if (x + y) % 2], fill=255)
    elif ord(char) > 0x2E7F and _micro_hei(24) is None:
        draw.rectangle((2, 3, width - 4, height - 4), outline=255)
    elif char > " ":
        wide = ord(char) > 0x2E7F or width >= height
        size = height if wide else round(width / 0.6)
        font = _micro_hei(size) or _pillow_font(size)
        base = round(height * 20 / 24)
        left = max(0, round((width - font.getlength(char)) / 2))
        draw.text((left, base), char, fill=255, font=font, anchor="ls")
    return glyph.point(lambda grey: 255 if grey > INK_LEVEL else 0, "1")


@functools.cache
def _micro_hei(size):
    path = _wanted(MICRO_HEI)
    if path is None:
        return None
    try:
        return ImageFont.truetype(str(path), size, index=1)  # 1: the fixed-width face
    except OSError as error:
        _say(f"{path}: {error}")
        return None


@functools.cache
def _pillow_font(size):
    return ImageFont.load_default(size)


@functools.cache
def _wanted(font):
    path = find(font)
    if path is None:
        _say(f"font {font.name} not found ({font.what}); `python -m tools.sim.fonts` fetches it. Using a plain one.")
    return path


def _say(text):
    print(text, file=sys.stderr, flush=True)


# Fetching


def fetch(font):
    """Unpacks a font file from its Debian package into the cache; the reason as text when that cannot be done."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return "this is no Debian system"
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        problem = _run(["apt-get", *APT_OPTIONS, "download", font.package], folder)
        packages = glob.glob(f"{folder}/{font.package}_*.deb")
        if not packages:
            return problem or "apt-get brought nothing"
        problem = _run(["dpkg-deb", "-x", packages[0], folder], folder)
        unpacked = Path(folder + font.path)
        if not unpacked.is_file():
            return problem or f"{font.path} is not in the package"
        os.replace(unpacked, CACHE / font.name)
    return None


def _run(command, folder):
    """Last line of the complaint when a command fails, else None."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=FETCH_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return None
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"{command[0]} ended with {done.returncode}"


def _load_package_lists():
    """A fresh Debian image has none, an old one has stale ones; only root may load them. False when not done."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    _say("   loading Debian's package lists")
    return _run(["apt-get", *APT_OPTIONS, "update"], "/") is None


def main(arguments=None):
    """Fetches what is missing; always returns 0, because everything works with plainer fonts too."""
    summary = f"Fetches the fonts of display and paper into {CACHE}, where the system has none."
    argparse.ArgumentParser(prog="python -m tools.sim.fonts", description=summary).parse_args(arguments)
    may_load_lists = True
    for font in FONTS:
        if find(font) is not None:
            continue
        _say(f"   {font.name}: {font.what}, from Debian's package {font.package}")
        problem = fetch(font)
        if problem and may_load_lists:
            may_load_lists = False
            if _load_package_lists():
                problem = fetch(font)
        if problem:
            _say(f"   not to be had ({problem}); a plainer font takes its place")
    return 0


if __name__ == "__main__":
    sys.exit(main())
