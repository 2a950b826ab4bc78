"""Glyphs of the simulated ROMs, with the fonts and without them."""

import dataclasses
import shutil

import pytest

from tools.sim import fonts
from tools.sim.chips import EscPosPrinter, St7920

pytestmark = pytest.mark.slow
CACHED = (fonts.half_width, fonts.full_width, fonts.printed, fonts._unifont, fonts._micro_hei, fonts._wanted)


def forget():
    for function in CACHED:
        function.cache_clear()


@pytest.fixture
def without_fonts(monkeypatch, tmp_path):
    """Neither in the system nor in the cache, and no way to fetch them."""
    for name in ("UNIFONT", "MICRO_HEI"):
        font = getattr(fonts, name)
        monkeypatch.setattr(fonts, name, dataclasses.replace(font, path=str(tmp_path / "system" / font.name)))
    monkeypatch.setattr(fonts, "FONTS", (fonts.UNIFONT, fonts.MICRO_HEI))
    monkeypatch.setattr(fonts, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("PATH", str(tmp_path))
    forget()
    yield tmp_path
    forget()


def test_setting_up_without_apt_says_why_and_goes_on(without_fonts, capsys):
    assert fonts.main([]) == 0
    told = capsys.readouterr().err
    assert "no Debian system" in told and "unifont.hex" in told and "wqy-microhei.ttc" in told


def test_missing_fonts_are_told_once(without_fonts, capsys):
    for code in range(0x41, 0x5B):
        assert any(fonts.half_width(code))
        assert fonts.printed(chr(code), 12, 24).getbbox()
    assert any(fonts.full_width(0xB7D1)) and fonts.printed("费", 24, 24).getbbox()
    assert capsys.readouterr().err.count("not found") == 2


def test_everything_works_without_fonts(without_fonts):
    printer = EscPosPrinter()
    printer.receive(b"\x1c&" + "金额 12.34\n".encode("gb18030"))
    assert printer.paper.current.text == "金额 12.34"
    assert printer.paper.current.image().size[0] == 384
    assert St7920().image().size[0] > 128


def test_a_font_in_the_cache_is_found(without_fonts):
    fonts.CACHE.mkdir()
    (fonts.CACHE / fonts.UNIFONT.name).write_text("0041:00000000182442427E42424242420000\n")
    assert fonts.half_width(0x41)[4:8] == (0x18, 0x24, 0x42, 0x42)


def test_a_file_that_is_no_font_is_told(without_fonts, capsys):
    fonts.CACHE.mkdir()
    (fonts.CACHE / fonts.MICRO_HEI.name).write_text("not a font")
    assert fonts.printed("A", 12, 24).getbbox()
    assert fonts.MICRO_HEI.name in capsys.readouterr().err


@pytest.mark.skipif(not all(map(fonts.find, fonts.FONTS)), reason="the fonts could not be fetched here")
def test_all_of_gb2312_has_glyphs():
    blank = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                char = bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            drawn = any(fonts.full_width(high << 8 | low))
            if not drawn or (low % 16 == 1 and not fonts.printed(char, 24, 24).getbbox()):
                blank.append(char)
    assert blank == []


def test_a_package_that_is_not_there_gives_a_reason(monkeypatch, tmp_path):
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        pytest.skip("no Debian system")
    monkeypatch.setattr(fonts, "CACHE", tmp_path)
    nowhere = fonts.Font("no-such-package-of-fonts", "/usr/share/nowhere.ttf", "nothing")
    assert fonts.fetch(nowhere)
    assert list(tmp_path.iterdir()) == []
