"""Slips against their golden files, and what must be on them whatever they look like."""

from pos import texts
from pos.domain import parameters
from pos.receipts import layout, slip
from pos.texts import gb2312
from receipts import samples

GOLDEN = __file__.rsplit("/", 2)[0] + "/golden/"


def text_of(rows):
    return b"\n".join([bytes(data) for _, data in rows])


def test_slips_are_as_recorded():
    """`make record-golden` records them anew."""
    for language in ("en", "zh"):
        for name, rows in samples.slips(language):
            with open(GOLDEN + samples.golden_name(language, name), "rb") as file:
                recorded = [gb2312.encode(line) for line in file.read().decode().split("\n")]
            assert samples.written(rows) == recorded[:-1], (language, name)


def test_every_row_fits_the_paper():
    for language in ("en", "zh"):
        for name, rows in samples.slips(language):
            for style, data in rows:
                width = len(data) * 2 if style & layout.DOUBLE else len(data)
                assert width <= layout.COLUMNS, (language, name, data)


def test_a_sale_carries_every_field_of_the_trade():
    words = texts.load("en")
    for copy in (slip.MERCHANT, slip.CUSTOMER):
        rows = slip.transaction(samples.sale(), samples.IDENTITY, samples.host_parameters("Tea"), words, copy)
        text = text_of(rows).decode()
        for field in (
            "Tea",
            "100000000000001",
            "10000001",
            "01",
            "SALE",
            "620000******0013",
            "000003",
            "000027",
            "607315092627",
            "A12345",
            "2026-03-14 15:09:26",
            "CNY 12.34",
            "NFC",
            "MERCHANT COPY" if copy == slip.MERCHANT else "CUSTOMER COPY",
        ):
            assert field in text, field
        assert "6200000000000013" not in text
        assert ("SIGNATURE" in text) == (copy == slip.MERCHANT)
        assert ("987.66" in text) == (copy == slip.CUSTOMER)
        assert "DUPLICATE" not in text


def test_the_amount_stands_in_double_size():
    rows = slip.transaction(
        samples.sale(), samples.IDENTITY, samples.host_parameters("Tea"), texts.load("en"), slip.MERCHANT
    )
    assert (layout.RIGHT | layout.DOUBLE, b"CNY 12.34") in [(style, bytes(data)) for style, data in rows]


def test_a_reprint_says_so_in_both_languages():
    for language in ("en", "zh"):
        words = texts.load(language)
        args = (samples.sale(), samples.IDENTITY, samples.host_parameters("Tea"), words, slip.CUSTOMER)
        assert b"DUPLICATE" in text_of(slip.transaction(*args, True))
        assert b"DUPLICATE" not in text_of(slip.transaction(*args))


def test_what_the_host_did_not_say_is_left_out():
    tx = samples.sale(rrn=None)
    del tx["auth"]
    del tx["balance_minor"]
    text = text_of(
        slip.transaction(tx, samples.IDENTITY, parameters.defaults(), texts.load("en"), slip.CUSTOMER)
    ).decode()
    assert "REFERENCE NO." not in text and "AUTH" not in text and "BALANCE" not in text
    assert text.startswith("100000000000001\n")  # no name known: the number


def test_a_value_too_long_for_its_label_gets_the_next_row():
    assert layout.pair("LABEL", "1" * 26) == [(0, b"LABEL " + b"1" * 26)]
    assert layout.pair("LABEL", "1" * 27) == [(0, b"LABEL"), (layout.RIGHT, b"1" * 27)]
    two = [(0, b"LABEL FOR WHICH THERE IS BY FAR"), (0, b"NO ROOM"), (layout.RIGHT, b"1")]
    assert layout.pair("LABEL FOR WHICH THERE IS BY FAR NO ROOM", "1") == two
    assert layout.pair("金额", "12.34") == [(0, b"\xbd\xf0\xb6\xee" + b" " * 23 + b"12.34")]


def test_names_wrap_between_words_and_never_within_a_character():
    assert layout.wrap(b"Harbour Tea House", 12) == [b"Harbour Tea", b"House"]
    assert layout.wrap(b"Harbour Tea House", 11) == [b"Harbour Tea", b"House"]
    assert layout.wrap(b"ABCDEFGHIJ", 4) == [b"ABCD", b"EFGH", b"IJ"]
    assert layout.wrap(b"", 4) == []
    name = gb2312.encode("中华A中华中")
    assert layout.wrap(name, 4) == [gb2312.encode("中华"), gb2312.encode("A中"), gb2312.encode("华中")]
    four = b"\x90\x30\x81\x30"
    assert layout.wrap(four * 3, 5) == [four * 2, four]


def test_a_name_cannot_command_the_printer():
    assert layout.wrap(b"A\x1b@B\n") == [b"A?@B?"]
    assert layout.wrap(b"A\xd6") == [b"A?"]
    # Nor one that hides behind the lead byte of a wide character.
    assert layout.wrap(b"A\x81\x1b@") == [b"A??@"]
    assert layout.wrap(b"A\x81\x30\x1b@B") == [b"A?0?@B"]


def test_every_type_says_what_it_is_and_what_it_refers_to():
    words = texts.load("en")
    for kind, title, amount in (
        ("void", "VOID SLIP", "CNY -12.34"),
        ("refund", "REFUND SLIP", "CNY -4.00"),
        ("preauth", "PRE-AUTHORISATION SLIP", "CNY 12.34"),
        ("completion", "COMPLETION SLIP", "CNY 11.50"),
        ("preauth_void", "PRE-AUTHORISATION VOID SLIP", "CNY 12.34"),
        ("completion_void", "COMPLETION VOID SLIP", "CNY -12.34"),
    ):
        tx = samples.of_kind(kind)
        rows = slip.transaction(tx, samples.IDENTITY, samples.host_parameters("Tea"), words, slip.MERCHANT)
        text = text_of(rows).decode()
        assert title in text and "\n" + amount + "\n" in text, kind
        assert "000031" in text and "607315093131" in text and "SIGNATURE" in text
        refers = "ORIGINAL VOUCHER NO." in text and "000027" in text and "607315092627" in text
        assert refers == (kind != "preauth"), kind
        assert ("REASON" in text) == ("reason" in tx), kind


def test_a_hold_says_until_when_and_one_of_which_nobody_said_it_does_not():
    words = texts.load("en")
    args = (samples.IDENTITY, samples.host_parameters("Tea"), words, slip.CUSTOMER)
    for date, days, until in (("20260314", 7, "2026-03-21 15:31"), ("20261215", 30, "2027-01-14 15:31")):
        text = text_of(slip.transaction(samples.of_kind("preauth", date=date, held_days=days), *args)).decode()
        assert "HELD UNTIL      " + until in text, text
    for kind, changes in (("preauth", {"held_days": 0}), ("completion", {}), ("preauth_void", {})):
        assert b"HELD UNTIL" not in text_of(slip.transaction(samples.of_kind(kind, **changes), *args)), kind


def test_who_approved_and_why_are_on_the_paper():
    words = texts.load("en")
    args = (samples.IDENTITY, samples.host_parameters("Tea"), words, slip.MERCHANT)
    text = text_of(slip.transaction(samples.of_kind("void"), *args)).decode()
    assert "APPROVED BY" in text and "Wrong input" in text
    text = text_of(slip.transaction(samples.of_kind("void", approver=""), *args)).decode()
    assert "APPROVED BY" not in text


def test_an_original_of_another_terminal_has_reference_and_day_only():
    tx = samples.of_kind("refund", original_batch=0, original_trace=0, original_auth="")
    args = (samples.IDENTITY, samples.host_parameters("Tea"), texts.load("en"), slip.CUSTOMER)
    text = text_of(slip.transaction(tx, *args)).decode()
    assert "ORIGINAL REF. NO." in text and "2026-03-14" in text
    for label in ("ORIGINAL VOUCHER", "ORIGINAL BATCH", "ORIGINAL AUTH"):
        assert label not in text


def test_training_is_marked_at_head_and_foot_in_both_languages():
    for language in ("en", "zh"):
        args = (samples.IDENTITY, samples.host_parameters("Tea"), texts.load(language), slip.CUSTOMER)
        for kind in ("void", "refund", "preauth", "completion"):
            rows = slip.transaction(samples.of_kind(kind), *args, False, True)
            assert text_of(rows).count(b"TRAINING") == 2
            assert b"TRAINING" in rows[-1][1]
            assert b"TRAINING" not in text_of(slip.transaction(samples.of_kind(kind), *args))


def test_a_payment_by_code_shows_its_way_and_no_empty_account():
    args = (samples.IDENTITY, samples.host_parameters("Tea"), texts.load("en"), slip.MERCHANT)
    text = text_of(slip.transaction(samples.sale(entry="shown", card="", order="88"), *args)).decode()
    assert "MERCHANT'S QR CODE" in text and "CARD NO." not in text
    assert "QR CODE SALE" in text and "ORDER NO." in text
