"""LANG_UI, given explicitly, overrides the language that the terminal's own settings have."""

from tools import provision
from tools.run import together
from tools.sim.flash import FlashFolder

SETTINGS = "/data/settings.json"


def stored(flash):
    return provision.stored_value([flash.read(SETTINGS + end) for end in ("", ".new", ".old")], None)


def test_it_is_written_where_there_was_nothing(tmp_path):
    flash = FlashFolder(tmp_path / "flash")
    together._set_language(flash, "zh")
    assert stored(flash) == {"language": "zh"}


def test_other_settings_stay(tmp_path):
    flash = FlashFolder(tmp_path / "flash")
    flash.write({SETTINGS: provision.stored({"language": "zh", "copies": 1})})
    together._set_language(flash, "en")
    assert stored(flash) == {"language": "en", "copies": 1}


def test_a_damaged_file_is_replaced(tmp_path):
    flash = FlashFolder(tmp_path / "flash")
    for damaged in (b"rubbish", provision.stored(["zh"]), b""):
        flash.write({SETTINGS: damaged})
        together._set_language(flash, "zh")
        assert stored(flash) == {"language": "zh"}


def test_the_log_in_screen_is_known_in_each_language():
    titles = together._log_in_titles()
    assert len(titles) == 2
    assert all(titles)
    assert titles[0] != titles[1]
