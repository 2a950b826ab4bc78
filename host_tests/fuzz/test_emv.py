"""The host's reader of merchants' codes: what the terminal writes is read back, and no text makes it fail otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pos.qr import payload

from tools.host.wallet import emv

DIGITS = "0123456789"
CODES = st.fixed_dictionaries(
    {
        "amount_minor": st.integers(1, 999_999_999),
        "batch": st.integers(1, 999_999),
        "trace": st.integers(1, 999_999),
        "date": st.dates().map(lambda day: day.strftime("%Y%m%d").zfill(8)),
    },
    optional={"order": st.text(DIGITS, min_size=1, max_size=20)},
)
MERCHANT = "100000000000001"
NAMES = st.text(max_size=40).map(lambda name: name.encode("gb18030", "ignore"))


def text_of(tx, name=b"DEMO"):
    return payload.merchant_code(tx, {"merchant": MERCHANT, "terminal": "10000001"}, name).decode()


def read_or_refused(text):
    try:
        return emv.parse(text)
    except emv.CodeError as error:
        assert error.problem in ("unreadable", "foreign", "unfit")
        return None


@given(CODES, NAMES)
def test_what_the_terminal_writes_is_read_back(tx, name):
    expected = (MERCHANT, "10000001", tx["batch"], tx["trace"], tx["amount_minor"], tx.get("order"))
    assert emv.parse(text_of(tx, name)) == expected


@given(CODES, st.data())
def test_a_changed_character_is_noticed(tx, data):
    text = text_of(tx)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda char: char != text[at]))
    assert read_or_refused((text[:at] + other + text[at + 1 :]).strip()) is None


@given(CODES, st.data())
def test_a_cut_code_is_noticed(tx, data):
    text = text_of(tx)
    assert read_or_refused(text[: data.draw(st.integers(0, len(text) - 1))]) is None


@given(st.text(max_size=600))
def test_any_text_is_read_or_refused(text):
    read_or_refused(text)


ITEMS = st.lists(st.tuples(st.integers(0, 99), st.text(DIGITS + "ABP0.", max_size=40)), max_size=12)


@given(ITEMS)
def test_any_items_with_a_right_checksum_are_read_or_refused(items):
    text = "000201" + "".join(f"{tag:02d}{len(value):02d}{value}" for tag, value in items) + "6304"
    read_or_refused(text + f"{emv.crc(text.encode()):04X}")


def test_other_systems_codes_are_foreign():
    sample = (
        "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT"
        "6007BEIJING540523.72530315655020162330304123406"
    )
    text = "00020101021129300012D156000000000510A93FO3230Q53031565802CN5904SHOP6007BEIJING6304"
    with pytest.raises(emv.CodeError, match="foreign"):
        emv.parse(text + f"{emv.crc(text.encode()):04X}")
    with pytest.raises(emv.CodeError, match="unreadable"):
        emv.parse(sample)


def test_the_published_checksum():
    assert emv.crc(b"123456789") == 0x29B1
