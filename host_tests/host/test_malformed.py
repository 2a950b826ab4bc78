"""Whatever bytes come: an answer with code 30, or none; never an exception, never money."""

import logging

import pytest
from host.inprocess import Host
from host.terminal import Terminal, pack, unpack
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow
CARD = "6200000000000013"
HEAD = bytes.fromhex("6000030000603100000100")


def test_truncated_at_every_byte(host, terminal):
    terminal.sale(CARD, 1)
    frame = terminal.last_frame
    for size in range(len(frame)):
        answer = host.handle_now(frame[:size])
        if size < 21:
            assert answer is None
        else:
            assert unpack(answer)[1][39] == "30"
    assert host.balance(CARD) == 99_999


def test_what_could_be_read_is_in_the_answer(host, terminal):
    fields = terminal.sale_fields(CARD, 1)
    frame = pack("0200", fields)
    cut = host.handle_now(frame[:-20])
    mti, answered, _ = unpack(cut)
    assert (mti, answered[39], answered[11], answered[4]) == ("0210", "30", fields[11], fields[4])
    assert 64 not in answered


def test_letters_where_digits_belong(host, terminal):
    frame = bytearray(pack("0200", terminal.sale_fields(CARD, 1), terminal.key))
    at = frame.index(bytes.fromhex("000000000001"))
    frame[at] = 0xAA
    assert unpack(host.handle_now(bytes(frame)))[1][39] == "30"


@pytest.mark.parametrize(
    ("number", "value", "packed"), [(2, CARD + "123", "19" + CARD + "1234"), (60, "22000001000", "0011220000010001")]
)
def test_a_pad_that_is_not_zero(host, terminal, number, value, packed):
    frame = pack("0200", terminal.sale_fields(CARD, 1) | {number: value})
    good = bytes.fromhex(packed[:-1] + "0")
    assert good in frame
    answer = unpack(host.handle_now(frame.replace(good, bytes.fromhex(packed))))[1]
    assert answer[39] == "30"
    assert number not in answer


def test_fields_that_are_not_in_the_table_and_the_second_bitmap(host):
    for bit in (1, 5, 52, 55):
        message = bytes.fromhex("0200") + (1 << (64 - bit)).to_bytes(8, "big") + bytes(8)
        assert unpack(host.handle_now(HEAD + message))[1] == {12: "123456", 13: "1122", 39: "30"}


def test_frames_that_nobody_can_be_answered_on(host):
    good = pack("0800", {11: "000001", 41: "10000001", 42: "100000000000001", 60: "00000001001"})
    for frame in (
        b"",
        b"GET / HTTP/1.1\r\nHost: pos-host\r\n\r\n",
        b"\x61" + good[1:],
        good[:5] + b"\xaa" + good[6:],
        good[:11] + bytes.fromhex("0810") + good[13:],
        good[:11] + bytes.fromhex("0a00") + good[13:],
        good[:11] + bytes.fromhex("9999") + good[13:],
        good + bytes(2000),
    ):
        assert host.handle_now(frame) is None
    assert host.handle_now(good) is not None


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=120), mti=st.sampled_from(["0200", "0400", "0800", "0820", "0100", "0210"]))
def test_random_bytes(host, data, mti):
    answer = host.handle_now(HEAD + bytes.fromhex(mti) + data)
    assert answer is None or unpack(answer)[1][39] in ("30", "40", "03", "97", "63", "A0")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(11, 130), st.integers(0, 255)), min_size=1, max_size=4))
def test_mutated_sales_signed_anew_are_answered_and_keep_the_books_right(host, changes):
    terminal = Terminal(host.handle_now, host.terminal_json)
    terminal.sign_on()
    frame = bytearray(pack("0200", terminal.sale_fields(CARD, 1)))
    for at, value in changes:
        frame[at % len(frame)] = value
    host.handle_now(bytes(frame))
    assert host.check().balanced


def test_logs_show_no_card_number_and_no_key(host, terminal, caplog):
    caplog.set_level(logging.DEBUG)
    terminal.sale(CARD, 1234)
    terminal.sign_on()
    host.handle_now(pack("0200", terminal.sale_fields(CARD, 1))[:-7])
    host.handle_now(pack("0200", terminal.sale_fields(CARD, 1) | {2: CARD[:11]}, terminal.key))
    assert "620000******0013" in caplog.text
    assert CARD not in caplog.text
    assert CARD[:11] not in caplog.text
    assert terminal.key.hex() not in caplog.text.lower()
    assert "D0112" not in caplog.text


def test_a_line_break_in_a_field_makes_no_second_log_line(host, terminal, caplog):
    caplog.set_level(logging.INFO)
    terminal.sale(CARD, 1, f41="10\n00001")
    assert all("\n" not in record.getMessage() for record in caplog.records)


def test_one_bad_frame_in_a_group_spares_the_others(host, terminal):
    good = pack("0200", terminal.sale_fields(CARD, 1), terminal.key)
    other = pack("0200", terminal.sale_fields(CARD, 2), terminal.key)
    answers = host.switch.answer_all([b"x", good, good[:-1], other, b""])
    assert [answer and unpack(answer)[1][39] for answer in answers] == [None, "00", "30", "00", None]
    assert host.balance(CARD) == 99_997


def test_a_failing_request_in_a_group_spares_the_others(host, terminal, monkeypatch):
    from tools.host.ledger import book

    post, frames = book.post, [pack("0200", terminal.sale_fields(CARD, n), terminal.key) for n in (1, 2, 4)]

    def fail_on_two(unit, kind, lines, *rest):
        moved = post(unit, kind, lines, *rest)
        return moved if abs(lines[0].amount_minor) != 2 else moved[None]

    monkeypatch.setattr(book, "post", fail_on_two)
    answers = host.switch.answer_all(frames)
    assert [unpack(answer)[1][39] for answer in answers] == ["00", "96", "00"]
    assert host.balance(CARD) == 99_995
    assert host.check().balanced


def test_an_answer_that_cannot_be_written_moves_nothing_and_spares_the_others(host, terminal):
    """Field 54 has 12 digits for what a card may spend."""
    rich = "6200000000000047"
    host.execute("UPDATE accounts SET balance_minor = 10000000000000 WHERE number = :n", n=rich)
    frames = [pack("0200", terminal.sale_fields(card, 1), terminal.key) for card in (CARD, rich, CARD)]
    answers = [terminal.read(answer, "0200")[39] for answer in host.switch.answer_all(frames)]
    assert answers == ["00", "96", "00"]
    assert (host.balance(CARD), host.balance(rich)) == (99_998, 10_000_000_000_000)


def test_when_the_whole_transaction_is_lost_nobody_of_the_group_is_told_approved(host, terminal, monkeypatch):
    from tools.host.store import database

    frames = [pack("0200", terminal.sale_fields(CARD, n), terminal.key) for n in (1, 2, 4)]
    steps = iter([1, 2, 3])
    savepoint = database.Unit.savepoint

    def lose_the_second(unit):
        if next(steps) == 2:
            unit._connection.execute("ROLLBACK")  # what SQLite does by itself when the disk is full
            raise database.TransactionLost("disk full")
        return savepoint(unit)

    monkeypatch.setattr(database.Unit, "savepoint", lose_the_second)
    assert [unpack(answer)[1][39] for answer in host.switch.answer_all(frames)] == ["96", "96", "96"]
    assert host.balance(CARD) == 100_000
    monkeypatch.undo()
    assert unpack(host.handle_now(frames[0]))[1][39] == "00"


def test_a_host_never_seen_before_starts_with_books_that_balance(tmp_path):
    host = Host(tmp_path)
    assert host.check().balanced
    host.close()
