"""Account numbers at rest: sealed in records of the journal, and back; what is not theirs stays as it is."""

from pos.security import sealed

MASTER = bytes(range(16))
KEY = sealed.key_of(MASTER)
NUMBERS = ("6200000000000013", "620000000000", "9999999999999999999", "0000000000000000000", "000012345678")


def tx(number=NUMBERS[0], **more):
    return dict({"type": "sale", "trace": 27, "batch": 3, "card": number, "amount_minor": 1234}, **more)


def test_every_number_comes_back_and_none_is_to_be_read():
    for number in NUMBERS:
        closed = sealed.seal(tx(number), KEY)
        assert sealed.is_sealed(closed["card"]), closed
        assert len(closed["card"]) == 23 and number not in str(closed)
        assert sealed.unseal(closed, KEY) == tx(number)


def test_wherever_in_a_record_it_stands():
    head = {"kind": "head", "state": {"trace": 28, "pending": tx(), "last": tx("620000000021", trace=26), "doubt": []}}
    intent = {"kind": "intent", "tx": tx()}
    for record in (head, intent, dict(tx(), kind="result")):
        closed = sealed.seal(record, KEY)
        text = str(closed)
        assert NUMBERS[0] not in text and "620000000021" not in text
        assert text != str(record) and NUMBERS[0] in str(record), "the caller's own is as it was"
        assert sealed.unseal(closed, KEY) == record


def test_a_card_looks_different_in_every_payment_and_the_same_in_the_same():
    texts = set()
    for trace in range(1, 200):
        texts.add(sealed.seal(tx(trace=trace), KEY)["card"])
    assert len(texts) == 199
    assert sealed.seal(tx(trace=7), KEY) == sealed.seal(tx(trace=7), KEY)


def test_what_an_earlier_firmware_wrote_is_read_as_it_is():
    for value in ("6200000000000013", "", "~", None):
        assert sealed.unseal({"card": value, "trace": 1}, KEY) == {"card": value, "trace": 1}


def test_what_is_no_number_is_not_sealed():
    for value in ("", "~", "62000000000000x3", "1" * 20, None, 5):
        assert sealed.seal({"card": value, "trace": 1}, KEY)["card"] == value


def test_another_key_opens_nothing_and_loses_nothing():
    closed = sealed.seal(tx(), KEY)
    other = sealed.key_of(bytes(16))
    assert other != KEY
    kept = sealed.unseal(dict(closed), other)
    assert kept == closed
    assert sealed.seal(kept, other) == closed, "not sealed twice"
    assert sealed.unseal(kept, KEY) == tx()


def test_no_changed_character_gives_another_number():
    closed = sealed.seal(tx(), KEY)["card"]
    found = set()
    for at in range(len(closed)):
        for other in "~A9z/+=-":
            changed = closed[:at] + other + closed[at + 1 :]
            opened = sealed.unseal({"card": changed, "trace": 27}, KEY)["card"]
            if opened != changed:
                found.add(opened)
    assert found <= {NUMBERS[0]}, found


def test_the_key_is_another_than_the_terminals():
    assert KEY != MASTER and len(KEY) == 16
    assert len(sealed.key_of(bytes(32))) == 16
