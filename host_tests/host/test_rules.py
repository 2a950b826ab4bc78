"""Every response code of the host, seen from the terminal's side of the wire."""

import pytest
from host.inprocess import SQLITE, Host
from host.terminal import Terminal, balance_of

CARD, POOR, FROZEN, RICH = "6200000000000013", "6200000000000021", "6200000000000039", "6200000000000047"
UNKNOWN = "6200000000000054"
MERCHANT_ACCOUNT = "8100000000000001"
LUHN_GOOD_MERCHANT = "8100000000000002"


def unmoved(host):
    return host.balance(CARD) == 100_000 and host.balance(MERCHANT_ACCOUNT) == 0 and host.check().balanced


def test_approved_sale(host, terminal):
    answer = terminal.sale(CARD, 1234)
    assert answer[39] == "00"
    assert (answer[2], answer[3], answer[4], answer[49]) == (CARD, "000000", "000000001234", "156")
    assert (answer[41], answer[42], answer[60]) == ("10000001", "100000000000001", "22000001")
    assert (answer[12], answer[13]) == ("123456", "1122")
    assert answer[37] == "632600000001"
    assert answer[38] == "000001"
    assert balance_of(answer[54]) == 98_766 == host.balance(CARD)
    assert host.balance(MERCHANT_ACCOUNT) == 1_234
    assert 64 in answer
    assert host.check().balanced


def test_balance_query(host, terminal):
    answer = terminal.balance(CARD)
    assert answer[39] == "00"
    assert balance_of(answer[54]) == 100_000
    assert 38 not in answer
    assert 4 not in answer
    assert unmoved(host)


def test_an_amount_in_a_balance_query_moves_nothing(host, terminal):
    assert terminal.balance(CARD, f4="000000005000")[39] == "00"
    assert unmoved(host)


# code, SQL that brings it about (or None), changes to the request, and whether a balance query gets it too
DECLINED = [
    ("01", "UPDATE accounts SET status = 'referred' WHERE number = '6200000000000013'", {}, True),
    ("03", "UPDATE merchants SET status = 'closed'", {}, True),
    ("05", "UPDATE accounts SET status = 'blocked' WHERE number = '6200000000000013'", {}, True),
    ("12", None, {"f11": "000000"}, False),
    ("12", None, {"f22": "902"}, True),
    ("12", None, {"f25": "06"}, True),
    ("12", None, {"f49": "840"}, True),
    ("12", None, {"f60": "23000001"}, True),
    ("13", None, {"f4": "000000000000"}, False),
    ("13", None, {"f4": "001000000000"}, False),
    ("14", None, {"f2": UNKNOWN}, True),
    ("14", None, {"f2": "6200000000000014"}, True),
    ("14", "UPDATE accounts SET status = 'closed' WHERE number = '6200000000000013'", {}, True),
    ("40", "UPDATE merchant_services SET enabled = false", {}, True),
    ("40", "DELETE FROM merchant_services", {}, True),
    ("12", None, {"f3": "200000"}, False),
    ("40", None, {"f3": "990000"}, False),
    ("51", None, {"f2": POOR, "f4": "000000000101"}, False),
    ("54", "UPDATE accounts SET expires = '2610' WHERE number = '6200000000000013'", {}, True),
    ("57", "UPDATE accounts SET number = '8100000000000002' WHERE kind = 'merchant'", {"f2": LUHN_GOOD_MERCHANT}, True),
    ("58", "UPDATE terminals SET status = 'disabled'", {}, True),
    ("61", "UPDATE accounts SET sale_limit_minor = 1233 WHERE number = '6200000000000013'", {}, False),
    ("61", "INSERT INTO merchant_parameters SELECT id, '19', '1233' FROM merchants", {}, False),
    ("62", None, {"f2": FROZEN}, True),
    ("77", "UPDATE terminals SET batch = 2", {}, True),
]


@pytest.mark.parametrize(("code", "sql", "changes", "of_balance"), DECLINED)
def test_declined(host, terminal, code, sql, changes, of_balance):
    if sql:
        host.execute(sql)
    answer = terminal.sale(CARD, 1234, **changes)
    assert answer[39] == code
    assert 38 not in answer
    assert 54 not in answer
    assert 64 in answer
    if of_balance:
        query = {name: value for name, value in changes.items() if name != "f60"}
        if "f60" in changes:
            query["f60"] = "22000001"
        assert terminal.balance(CARD, **query)[39] == code
    assert host.balance(CARD) == 100_000
    assert host.check().balanced


@pytest.mark.parametrize(
    ("sql", "card", "amount_minor"),
    [
        ("UPDATE accounts SET expires = '2611'", CARD, 1234),
        ("UPDATE accounts SET sale_limit_minor = 1234", CARD, 1234),
        ("INSERT INTO merchant_parameters SELECT id, '19', '1234' FROM merchants", CARD, 1234),
        ("SELECT 1", POOR, 100),
        ("UPDATE accounts SET balance_minor = balance_minor", RICH, 99_999_999),
    ],
)
def test_just_inside_the_rule(host, terminal, sql, card, amount_minor):
    host.execute(sql)
    assert terminal.sale(card, amount_minor)[39] == "00"


def test_03_unknown_merchant_and_97_unknown_terminal(host, terminal):
    assert terminal.sale(CARD, 1, f42="100000000000009")[39] == "03"
    assert terminal.sale(CARD, 1, f41="10000009")[39] == "97"
    assert terminal.manage("0800", "001", key=None, f42="100000000000009")[39] == "03"
    assert terminal.manage("0800", "001", key=None, f41="10000009")[39] == "97"
    assert unmoved(host)


def test_97_terminal_of_another_merchant(host, terminal):
    host.execute(
        "INSERT INTO merchants (number, name, account_id) SELECT '100000000000002', 'x', id FROM accounts LIMIT 1"
    )
    assert terminal.sale(CARD, 1, f42="100000000000002")[39] == "97"
    assert unmoved(host)


def test_a0_without_sign_on_with_a_wrong_key_and_after_sign_off(host, terminal):
    stranger = Terminal(host.handle_now, host.terminal_json)
    assert stranger.sale(CARD, 1, key=bytes(16))[39] == "A0"
    assert terminal.manage("0820", "002")[39] == "00"
    answer = terminal.sale(CARD, 1)
    assert answer[39] == "A0"
    assert 64 not in answer
    assert unmoved(host)


def test_a0_for_one_changed_bit_anywhere_in_what_is_signed(host, terminal):
    terminal.sale(POOR, 1)
    good = bytearray(terminal.last_frame)
    refused = set()
    for at in range(11, len(good)):
        bad = bytearray(good)
        bad[at] ^= 0x01
        answer = host.handle_now(bytes(bad))
        if answer:
            fields = terminal.read(answer, answer_to(bad))
            refused.add(fields[39])
    assert refused <= {"A0", "30", "40", "03", "97", "63"}
    assert "A0" in refused
    assert host.balance(POOR) == 99
    assert host.balance(MERCHANT_ACCOUNT) == 1
    assert host.execute("SELECT count(*) AS n FROM transactions")[0]["n"] == 1


def answer_to(frame):
    return bytes(frame[11:13]).hex()


def test_63_without_a_mac(host, terminal):
    answer = terminal.sale(CARD, 1, key=None)
    assert answer[39] == "63"
    assert 64 not in answer
    assert terminal.manage("0820", "301", key=None)[39] == "63"
    assert unmoved(host)


def test_30_for_each_missing_field(host, terminal):
    for number in (2, 3, 4, 11, 22, 25, 41, 42, 49, 60):
        fields = terminal.sale_fields(CARD, 1)
        del fields[number]
        assert terminal.exchange("0200", fields)[39] == ("40" if number == 3 else "30")
    for number in (11, 41, 42, 60):
        fields = {11: "000900", 60: "00000001301", 63: "01 "} | terminal.identity
        del fields[number]
        assert terminal.exchange("0820", fields)[39] in ("30", "40")
    assert terminal.sale(CARD, 1, f60="2200000")[39] == "30"
    sale = terminal.sale_fields(CARD, 1)
    assert terminal.reverse(sale, f61="00000100001")[39] == "30"
    assert unmoved(host)


def test_40_for_messages_that_this_host_does_not_have(host, terminal):
    fields = terminal.sale_fields(CARD, 1)
    for mti in ("0100", "0500", "0320"):
        assert terminal.exchange(mti, fields)[39] == "40"
    assert terminal.exchange("0220", fields)[39] == "12"  # an offline sale's message, but not its type
    assert terminal.exchange("0400", terminal.reversal_fields(fields) | {3: "310000"})[39] == "40"
    assert terminal.manage("0800", "999")[39] == "40"
    assert unmoved(host)


def test_96_when_the_host_fails_and_the_same_request_works_afterwards(host, terminal, monkeypatch):
    fields = terminal.sale_fields(CARD, 1234)
    with monkeypatch.context() as patch:
        patch.setattr("tools.host.switch.purchase.book.post", lambda *_: 1 // 0)
        assert terminal.exchange("0200", fields)[39] == "96"
    assert unmoved(host)
    assert terminal.exchange("0200", fields)[39] == "00"
    assert host.balance(CARD) == 98_766


def test_96_when_the_database_fails(host, terminal):
    host.refuse("transactions")
    assert terminal.sale(CARD, 1234)[39] == "96"
    assert unmoved(host)


def test_96_while_the_file_is_away(tmp_path):
    host = Host(tmp_path, database=SQLITE)
    terminal = Terminal(host.handle_now, host.terminal_json)
    terminal.sign_on()
    host.database.close()
    host.database.path.rename(host.database.path.with_suffix(".away"))
    host.database.path.mkdir()
    assert terminal.sale(CARD, 1234)[39] == "96"
    host.database.path.rmdir()
    host.database.path.with_suffix(".away").rename(host.database.path)
    assert unmoved(host)
    assert terminal.sale(CARD, 1234)[39] == "00"


def test_processing_requirement_asks_for_a_sign_on(host, terminal):
    frames = []
    terminal.send = lambda frame: frames.append(host.handle_now(frame)) or frames[-1]
    terminal.sale(CARD, 1)
    terminal.sale(CARD, 1, f60="22000009")
    terminal.sale(CARD, 1, key=bytes(16))
    assert [frame[7] & 0x0F for frame in frames] == [0, 3, 3]


def test_14_for_a_wrong_check_digit_before_any_account_is_looked_up(host, terminal):
    host.execute("UPDATE accounts SET number = '6200000000000020' WHERE number = :n", n=POOR)
    assert terminal.sale("6200000000000020", 1)[39] == "14"
    assert terminal.balance("6200000000000020")[39] == "14"
