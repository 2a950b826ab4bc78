"""The fields of each message, what makes an answer an answer, and the contents of fields 54 and 62."""

from dual import raises
from pos.iso8583 import messages
from pos.iso8583.codec import FieldError, pack

IDENTITY = {"merchant": "100000000000001", "terminal": "10000001"}
TX = {
    "type": "sale",
    "trace": 7,
    "batch": 12,
    "amount_minor": 1234,
    "card": "6200000000000013",
    "entry": "keyed",
    "operator": "01",
    "date": "20260314",
    "time": "150926",
}
SALE = {
    0: "0200",
    2: "6200000000000013",
    3: "000000",
    4: "000000001234",
    11: "000007",
    22: "012",
    25: "00",
    41: "10000001",
    42: "100000000000001",
    49: "156",
    60: "22000012000",
    63: b"01 ",
}


def but(fields, changes):
    changed = dict(fields)
    for number in changes:
        if changes[number] is None:
            del changed[number]
        else:
            changed[number] = changes[number]
    return changed


def test_sale():
    assert messages.request(TX, IDENTITY) == SALE
    assert messages.request(but(TX, {"entry": "nfc"}), IDENTITY) == but(SALE, {22: "072"})


def test_balance():
    query = but(TX, {"type": "balance", "amount_minor": None})
    assert messages.request(query, IDENTITY) == but(SALE, {3: "310000", 4: None, 60: "01000012000"})


ORIGINAL = {
    "original_batch": 12,
    "original_trace": 3,
    "original_date": "20260313",
    "original_rrn": "607300000003",
}
VOID = but(TX, dict(ORIGINAL, type="void", reason="07", approver="00"))
VOIDED = but(SALE, {3: "200000", 37: "607300000003", 60: "23000012000", 61: "0000120000030313"})
VOIDED[63] = b"01 010207020200"


def test_what_refers_to_an_original():
    assert messages.request(VOID, IDENTITY) == VOIDED
    refund = but(VOID, {"type": "refund", "original_batch": 0, "original_trace": 0})
    fields = {0: "0220", 60: "25000012000", 61: "0000000000000313"}
    assert messages.request(refund, IDENTITY) == but(VOIDED, fields)
    completion = but(VOID, {"type": "completion", "original_auth": "000003", "reason": None, "approver": None})
    fields = {3: "000000", 25: "06", 38: "000003", 60: "20000012000", 63: b"01 "}
    assert messages.request(completion, IDENTITY) == but(VOIDED, fields)
    for kind, mti, number in (("preauth_void", "0100", "11"), ("completion_void", "0200", "21")):
        fields = {0: mti, 25: "06", 60: number + "000012000"}
        assert messages.request(but(VOID, {"type": kind}), IDENTITY) == but(VOIDED, fields), kind


def test_preauth_holds():
    fields = {0: "0100", 3: "030000", 25: "06", 60: "10000012000"}
    assert messages.request(but(TX, {"type": "preauth"}), IDENTITY) == but(SALE, fields)


def test_a_code_goes_without_an_account():
    tx = but(TX, {"card": "", "entry": "qr", "qr": "9100000000000004", "order": "2026031400042"})
    fields = messages.request(tx, IDENTITY)
    assert 2 not in fields and fields[22] == "032"
    assert fields[63] == b"01 " + b"0313" + b"2026031400042" + b"0516" + b"9100000000000004"


def test_query_names_the_sale_and_takes_its_number():
    fields = messages.query(but(TX, {"card": "", "entry": "shown"}), IDENTITY)
    assert fields[0] == "0600" and fields[11] == "000007" and fields[61] == "0000120000070314"
    assert fields[3] == "000000" and fields[4] == "000000001234" and 2 not in fields and 63 in fields


def test_a_reversal_names_what_it_reverses_and_not_the_original_of_that():
    fields = messages.reversal(VOID, IDENTITY, "98")
    assert fields == but(VOIDED, {0: "0400", 39: "98", 61: "0000120000070314"})


def test_reversal_repeats_the_sale_under_its_trace_number():
    for reason in (messages.REASON_NO_ANSWER, messages.REASON_WRONG_MAC):
        assert messages.reversal(TX, IDENTITY, reason) == but(SALE, {0: "0400", 39: reason, 61: "0000120000070314"})


def test_management():
    base = {0: "0800", 11: "000042", 41: "10000001", 42: "100000000000001"}
    assert messages.sign_on(IDENTITY, 42, 3, "01") == but(base, {60: "00000003001", 63: b"01 "})
    assert messages.parameters(IDENTITY, 42, 3) == but(base, {60: "00000003360"})
    assert messages.sign_off(IDENTITY, 42, 3) == but(base, {0: "0820", 60: "00000003002"})
    assert messages.echo(IDENTITY, 42, 3) == but(base, {0: "0820", 60: "00000003301"})


def test_all_can_be_packed():
    for fields in (
        messages.request(TX, IDENTITY),
        messages.request(VOID, IDENTITY),
        messages.query(TX, IDENTITY),
        messages.reversal(TX, IDENTITY, "98"),
        messages.sign_on(IDENTITY, 999999, 999999, "99"),
        messages.parameters(IDENTITY, 1, 1),
        messages.sign_off(IDENTITY, 1, 1),
        messages.echo(IDENTITY, 1, 1),
    ):
        pack(fields)


def test_limits_do_not_pass_unseen():
    raises(FieldError, pack, messages.request(but(TX, {"amount_minor": 1000000000000}), IDENTITY))
    raises(FieldError, pack, messages.request(but(TX, {"amount_minor": -1}), IDENTITY))
    raises(FieldError, pack, messages.echo(IDENTITY, 1000000, 1))
    raises(FieldError, pack, messages.echo(IDENTITY, 1, 1000000))


def test_answer_that_belongs():
    answer = but(SALE, {0: "0210", 39: "00", 12: "150927"})
    messages.check_answer(SALE, answer)
    messages.check_answer(messages.reversal(TX, IDENTITY, "98"), but(answer, {0: "0410"}))
    echo = messages.echo(IDENTITY, 1, 1)
    messages.check_answer(echo, but(echo, {0: "0830", 39: "00"}))
    messages.check_answer(echo, but(echo, {0: "0830", 39: "00", 60: "00000002301"}))  # the host's batch, to be taken
    messages.check_answer(SALE, but(answer, {60: None}))


def test_answer_to_something_else():
    answer = but(SALE, {0: "0210", 39: "00"})
    for number, value in (
        (0, "0200"),
        (0, "0410"),
        (0, "0810"),
        (3, "310000"),
        (4, "000000001235"),
        (11, "000008"),
        (41, "10000002"),
        (42, "100000000000002"),
        (60, "22000011000"),
        (60, "20000012000"),
        (60, "22000012201"),
        (3, None),
        (4, None),
        (11, None),
        (39, None),
    ):
        error = raises(messages.AnswerMismatch, messages.check_answer, SALE, but(answer, {number: value}))
        assert error.field == number


def test_read_parameters():
    data = b"110026012000" + b"16010" + "北京烤鸭店".encode()[:10]
    assert messages.read_parameters(data) == {11: b"60", 12: b"", 16: "北京烤鸭店".encode()[:10]}
    assert messages.read_parameters(b"") == {}
    for data, offset, needed, available in (
        (b"11", 0, 5, 2),
        (b"1100260110", 7, 5, 3),
        (b"1100360", 5, 3, 2),
        (b"11x0260", 0, 5, 5),
        (b"110 260", 0, 5, 5),
    ):
        error = raises(FieldError, messages.read_parameters, data)
        assert (error.field, error.offset, error.needed, error.available) == (62, offset, needed, available)


def test_read_balance():
    assert messages.read_balance("0001156C000000098766") == 98766
    assert messages.read_balance("0001156D000000000001") == -1
    for text in ("", "0001156C00000009876", "0001156X000000098766", "0001156C00000009876x"):
        assert raises(FieldError, messages.read_balance, text).field == 54
