"""Account numbers at rest: sealed in records of the journal, and back; what is not theirs stays as it is."""

from pos.security import sealed

MASTER = bytes(range(16))
KEY = sealed.make(MASTER)
NUMBERS = ("6200000000000013", "620000000000", "9999999999999999999", "0000000000000000000", "000012345678", "12345678")

# NIST SP 800-38G, samples 1, 2, 7 and 8 of FF1 (radix 10): key, tweak, digits, what they become.
_2B = "2b7e151628aed2a6abf7158809cf4f3c"
_256 = "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94"
VECTORS = (
    (_2B, "", "0123456789", "2433477484"),
    (_2B, "39383736353433323130", "0123456789", "6124200773"),
    (_256, "", "0123456789", "6657667009"),
    (_256, "39383736353433323130", "0123456789", "1001623463"),
)


def tx(number=NUMBERS[0], **more):
    return dict({"type": "sale", "trace": 27, "batch": 3, "card": number, "amount_minor": 1234}, **more)


def test_vectors():
    for key, tweak, clear, closed in VECTORS:
        key, tweak = bytes.fromhex(key), bytes.fromhex(tweak)
        assert sealed._ff1(clear, tweak, key) == closed
        assert sealed._ff1(closed, tweak, key, False) == clear


def test_every_number_comes_back_and_none_is_to_be_read():
    for number in NUMBERS:
        closed = sealed.write(tx(number), KEY)
        assert "card" not in closed
        assert len(closed["sealed"]) == len(number) + 4 and closed["sealed"].isdigit()
        assert number not in str(closed)
        assert sealed.read(closed, KEY) == tx(number)


def test_wherever_in_a_record_it_stands():
    head = {"kind": "head", "state": {"trace": 28, "pending": tx(), "last": tx("620000000021", trace=26), "doubt": []}}
    intent = {"kind": "intent", "tx": tx()}
    for record in (head, intent, dict(tx(), kind="result")):
        closed = sealed.write(record, KEY)
        text = str(closed)
        assert NUMBERS[0] not in text and "620000000021" not in text
        assert text != str(record) and NUMBERS[0] in str(record), "the caller's own is as it was"
        assert sealed.read(closed, KEY) == record


def test_a_card_looks_different_in_every_payment_and_the_same_in_the_same():
    texts = set()
    for trace in range(1, 200):
        texts.add(sealed.write(tx(trace=trace), KEY)["sealed"])
    assert len(texts) == 199
    assert sealed.write(tx(trace=7), KEY) == sealed.write(tx(trace=7), KEY)


def test_what_an_earlier_firmware_wrote_is_read_as_it_is():
    for value in ("6200000000000013", "", None):
        assert sealed.read({"card": value, "trace": 1}, KEY) == {"card": value, "trace": 1}


def test_what_is_no_number_is_not_sealed():
    for value in ("", "62000000000000x3", "1" * 20, "1234567", None, 5):
        assert sealed.write({"card": value, "trace": 1}, KEY) == {"card": value, "trace": 1}
    for value in ("", "62000000000000x3", "1" * 24, None, 5):
        assert sealed.read({"sealed": value, "trace": 1}, KEY) == {"sealed": value, "trace": 1}


def test_another_key_opens_nothing_and_loses_nothing():
    closed = sealed.write(tx(), KEY)
    other = sealed.make(bytes(16))
    assert other != KEY
    kept = sealed.read(dict(closed), other)
    assert kept["card"] == "" and kept["sealed"] == closed["sealed"]
    kept = sealed.write(kept, other)
    assert sealed.read(dict(kept), other) == kept, "read and written as often as you like"
    assert sealed.read(kept, KEY) == tx()


def test_a_changed_digit_gives_no_number():
    """Records have a checksum before this; the four digits are for another key."""
    closed = sealed.write(tx(), KEY)["sealed"]
    found = 0
    for at in range(len(closed)):
        for other in "0123456789":
            changed = closed[:at] + other + closed[at + 1 :]
            if changed != closed:
                found += sealed.read({"sealed": changed, "trace": 27}, KEY)["card"] != ""
    assert found <= 1, found


def test_the_key_is_another_than_the_terminals():
    assert KEY != MASTER and len(KEY) == 16
    assert len(sealed.make(bytes(32))) == 16
