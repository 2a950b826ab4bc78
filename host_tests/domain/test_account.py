"""Account numbers: check digit, length, mask."""

from pos.domain import account


def test_luhn_of_published_examples():
    # ISO/IEC 7812-1 annex B works through 7992739871 with check digit 3.
    assert account.luhn_ok("79927398713")
    for wrong in "012456789":
        assert not account.luhn_ok("7992739871" + wrong)


def test_luhn_sees_every_single_digit_error():
    number = "6200000000000013"
    assert account.luhn_ok(number)
    for at in range(len(number)):
        for digit in "0123456789":
            changed = number[:at] + digit + number[at + 1 :]
            assert account.luhn_ok(changed) == (changed == number), changed


def test_what_is_no_number():
    for wrong in ("", " ", "62000000 00000013", "6200000000000013\n", "-620000000000013", "620000000000001a"):
        assert not account.luhn_ok(wrong), wrong


def test_acceptable_needs_twelve_to_nineteen_digits():
    for number, fine in (
        ("6200000000000013", True),
        ("6200000000000021", True),
        ("6200000000000014", False),
        ("00000000000", False),
        ("000000000000", True),
        ("0" * 19, True),
        ("0" * 20, False),
        ("", False),
    ):
        assert account.acceptable(number) == fine, number


def test_mask_shows_first_six_and_last_four():
    for number, masked in (
        ("6200000000000013", "620000******0013"),
        ("620000000013", "620000**0013"),
        ("0" * 19, "000000*********0000"),
        ("62000000013", "***********"),
        ("1234", "****"),
        ("", ""),
    ):
        assert account.mask(number) == masked, number
