"""The terminal's texts fit, are complete and are used; the check itself is seen to fail."""

import pytest

from tools import gb2312_table, texts_check


def test_all_texts_are_complete_fit_and_are_used():
    assert texts_check.check() == []


def test_the_displays_are_those_of_the_drivers():
    from pos.drivers.hd44780 import Hd44780
    from pos.drivers.st7920 import St7920

    for name, driver in (("ST7920", St7920), ("HD44780", Hd44780)):
        assert texts_check.DISPLAYS[name] == (driver.cols, driver.rows, driver.charset)


def test_the_languages_are_those_of_the_firmware():
    from pos import texts

    assert texts_check.LANGUAGES == texts.LANGUAGES


def test_an_approval_can_be_found_in_both_languages():
    english = texts_check.read("en")[0]["approved"].split("\n")
    chinese = texts_check.read("zh")[0]["approved"].split("\n")
    assert any("APPROVED" in row for row in english)
    assert any("交易成功" in row and "APPROVED" in row for row in chinese)


def test_the_committed_gb2312_table_is_what_the_tool_makes():
    assert gb2312_table.PATH.read_bytes() == gb2312_table.build()


def test_the_table_agrees_with_the_codec_for_every_character():
    from pos.texts import gb2312

    for point in (*range(0x80, 0xD800), *range(0xE000, 0x10000)):  # between lie surrogates, which are no characters
        expected = gb2312_table.ALIASES.get(point) or chr(point).encode("gb2312", "replace")
        assert gb2312.encode(chr(point)) == expected, hex(point)


WRONG = [
    ("title_sale = SALE\n", "", "zh.txt: title_sale is missing"),
    ("", "title_sale = 消费\n", "zh.txt: title_sale is not in en.txt"),
    ("title_sale = SALE {amount}\n", "title_sale = 消费 {card}\n", "other placeholders"),
    ("title_sale = SALE AMOUNT\n", "title_sale = 消费\n", "takes 11 columns of 9"),
    ("approved = A\\nB\\nC\\nD\\nE\n", "approved = A\n", "5 rows of 4"),
    ("approved = CNY {amount}12345\n", "approved = A\n", "takes 19 columns of 16"),
    ("approved = A\n", "approved = 一二三四五六七A八\n", "takes 18 columns of 16"),
    ("approved = A\n", "approved = 龘\n", "no character"),
    ("approved = a~b\n", "approved = A\n", "HD44780 cannot show"),
    ("slip_keep = 123456789012345678901234567890123\n", "slip_keep = A\n", "33 columns of 32"),
    ("approved = {money}\n", "approved = A\n", "no widest value"),
    ("approved=A\n", "approved = A\n", "not `key = text`"),
    ("approved = A\napproved = B\n", "approved = A\n", "a second time"),
    ("unused_key = A\n", "unused_key = A\n", "used nowhere"),
    ("", "", "no text 'approved'"),
    ("reason_51 = A\nset_copies_1 = A\n", "reason_51 = A\nset_copies_1 = A\n", None),
]


@pytest.mark.parametrize(("english", "chinese", "problem"), WRONG)
def test_the_check_sees(tmp_path, english, chinese, problem):
    (tmp_path / "en.txt").write_text(english, encoding="utf-8")
    (tmp_path / "zh.txt").write_text(chinese, encoding="utf-8")
    (tmp_path / "flow.py").write_text(
        "t('approved', amount=1)\nx = 'title_sale', 'slip_keep', 'reason_' + code, 'set_{}_{}', 'copies'\n"
    )
    found = texts_check.check(tmp_path, tmp_path)
    if problem is None:
        assert [line for line in found if "reason_51" in line or "set_copies_1" in line] == []
    else:
        assert [line for line in found if problem in line], found
