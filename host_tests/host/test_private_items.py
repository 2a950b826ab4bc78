"""Field 63: what the items are, what they may not be, and that nothing else gets through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tools.host.iso import private_items
from tools.host.iso.private_items import ItemError


@pytest.mark.parametrize(
    ("field", "items"),
    [
        ("", {}),
        ("01 ", {}),
        ("01", {}),
        ("01 010206", {"01": "06"}),
        (
            "01 0102060202000304471105169112345678901234",
            {"01": "06", "02": "00", "03": "4711", "05": "9112345678901234"},
        ),
        ("01 0402qr0603off", {"04": "qr", "06": "off"}),
        ("01 9900", {"99": ""}),
        ("01 9903a c", {"99": "a c"}),
    ],
)
def test_what_is_read(field, items):
    assert private_items.decode(field) == items


@pytest.mark.parametrize(
    "field",
    [
        "01 0",
        "01 010",
        "01 0102",
        "01 01020",
        "01 010206x",
        "01 0102060102" + "07",
        "01 0101" + "6",
        "01 0102" + "x6",
        "01 0200",
        "01 0204" + "0000",
        "01 0300",
        "01 0321" + "1" * 21,
        "01 0302" + "1x",
        "01 0525" + "1" * 25,
        "01 0102" + "\u0664\u0665",
        "01 \u0664\u066502" + "06",
        "01 9901" + "\u00e9",
    ],
)
def test_what_is_refused(field):
    with pytest.raises(ItemError):
        private_items.decode(field)


def test_what_is_written_is_read():
    items = {"01": "06", "03": "4711", "05": "9112345678901234"}
    assert private_items.encode("1", items) == "1  010206030447110516" + "9112345678901234"
    assert private_items.decode(private_items.encode("01", items)) == items


@settings(max_examples=300, deadline=None)
@given(some.text(alphabet=some.characters(max_codepoint=255), max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        items = private_items.decode(text)
    except ItemError:
        return
    assert sum(private_items.HEAD_DIGITS + len(value) for value in items.values()) == max(0, len(text) - 3)
