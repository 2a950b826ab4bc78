"""What a log may show: it fails closed."""

from pos.iso8583 import masking
from pos.iso8583.fields import TABLE

HIDDEN = masking.HIDDEN


def test_account_number():
    assert masking.masked(2, "6200000000000013") == "620000******0013"
    assert masking.masked(2, "620000000013") == "620000**0013"
    for value in ("6200", "62000000001"):
        assert masking.masked(2, value) == "*" * len(value)
    for value in (b"6200000000000013", 6200000000000013, None):
        assert masking.masked(2, value) == HIDDEN


def test_shown_and_hidden():
    assert masking.masked(11, "000007") == "000007"
    for number in (14, 35, 54, 62, 63, 64, 52, 65, 128, -1, "2", None):
        assert masking.masked(number, "1234") == HIDDEN
    assert masking.masked(11, b"000007") == HIDDEN


def test_a_row_without_a_known_masking_hides():
    row = TABLE[11]
    try:
        for masking_of_row in ("", None, "Show", "shown", 1):
            TABLE[11] = row[:4] + (masking_of_row,)
            assert masking.masked(11, "000007") == HIDDEN
    finally:
        TABLE[11] = row


def test_no_secret_in_a_dump():
    line = masking.dump(
        {
            0: "0200",
            2: "6200000000000013",
            11: "000007",
            35: "6200000000000013=2512",
            54: "0001156C000000098766",
            62: b"D0112P0AE00E0000",
            64: b"12345678",
            99: "6200000000000013",
        }
    )
    assert line == "0200 2=620000******0013 11=000007 35=*** 54=*** 62=*** 64=*** 99=***"


def test_dump_of_what_is_not_a_message():
    assert masking.dump({}) == "----"
    assert masking.dump({0: "6200000000000013"}) == "----"
    assert masking.dump({0: b"0200"}) == "----"
