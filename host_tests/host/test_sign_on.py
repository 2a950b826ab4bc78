"""Sign-on, keys, parameters, echo, sign-off."""

from datetime import timedelta

from host.terminal import Terminal

from tools.host.store.schema import metadata

CARD = "6200000000000013"


def items(field):
    found, at = {}, 0
    while at < len(field):
        tag, size = field[at : at + 2].decode(), int(field[at + 2 : at + 5])
        found[tag] = field[at + 5 : at + 5 + size]
        at += 5 + size
    return found


def test_sign_on_brings_clock_batch_and_key(host):
    host.execute("UPDATE terminals SET batch = 17")
    terminal = Terminal(host.handle_now, host.terminal_json)
    answer = terminal.sign_on()
    assert (answer[12], answer[13], answer[60]) == ("123456", "1122", "00000017001")
    assert len(answer[37]) == 12
    assert 64 not in answer
    assert len(terminal.key) == 16
    assert terminal.batch == 17
    assert terminal.sale(CARD, 1)[39] == "00"


def test_each_sign_on_gives_another_key_and_the_old_one_ends_with_its_first_use(host, terminal):
    old = terminal.key
    terminal.manage("0820", "301")
    terminal.sign_on()
    new = terminal.key
    assert new != old
    terminal.key = old
    assert terminal.sale(CARD, 1)[39] == "00"  # the new key was not used yet: its answer may have been lost
    terminal.key = new
    assert terminal.sale(CARD, 1)[39] == "00"
    terminal.key = old
    assert terminal.sale(CARD, 1)[39] == "A0"


def test_a_strangers_sign_on_locks_nobody_out(host, terminal):
    terminal.manage("0820", "301")
    stranger = Terminal(host.handle_now, host.terminal_json)
    stranger.trace = 900_000
    assert stranger.sign_on()[39] == "00"
    assert terminal.sale(CARD, 1)[39] == "00"
    assert items(terminal.manage("0800", "360")[62])["21"] == str(terminal.trace).encode()


def test_a_sign_on_keeps_no_operator_that_would_spoil_a_list(host):
    terminal = Terminal(host.handle_now, host.terminal_json)
    for operator, kept in (("01 ", "01 "), ("a,b", None), ("\u00e9  ", None), ("   ", None), ("99 ", "99 ")):
        assert terminal.sign_on(f63=operator)[39] == "00"
        assert host.execute("SELECT operator FROM terminals WHERE number = '10000001'")[0]["operator"] == kept, operator


def test_no_key_lies_in_the_database_in_clear(host, terminal):
    terminal.sale(CARD, 1)
    host.database.close()
    if host.address:
        rows = [host.execute(f"SELECT * FROM {table.name}") for table in metadata.sorted_tables]
        stored = repr(rows).encode()
    else:
        stored = b"".join(path.read_bytes() for path in host.folder.glob("host.db*"))
    assert len(stored) > 1000
    master = bytes.fromhex(host.terminal_json["master_key"])
    for key in (master, terminal.key):
        assert key not in stored
        assert key.hex().encode() not in stored.lower()


def test_parameters(host, terminal):
    answer = terminal.manage("0800", "360")
    assert answer[39] == "00"
    assert 64 in answer
    found = items(answer[62])
    assert found["16"].decode("gb18030") == "示范茶馆 DEMO TEA HOUSE"
    assert {tag: value for tag, value in found.items() if tag != "16"} == {
        "11": b"60",
        "12": b"60",
        "13": b"5",
        "14": b"3",
        "15": b"500",
        "17": b"2",
        "18": b"always",
        "19": b"999999999",
        "20": b"2026",
        "21": b"2",
        "22": b"0",
        "23": b"sale,nfc,qr,void,refund,preauth,balance,offline",
        "24": b"CNY",
        "25": b"",
        "26": b"24",
        "27": b"50000",
        "28": b"100",
        "29": b"7",
        "30": b"",
        "31": b"",
        "32": b"1800",
        "33": b"",
        "34": b"",
        "35": b"0",
        "36": b"0",
        "37": b"120",
        "38": b"0",
        "39": b"20",
        "40": b"100000",
        "41": b"24",
    }


def test_parameters_follow_the_merchant(host, terminal):
    host.execute("INSERT INTO merchant_parameters SELECT id, '17', '1' FROM merchants")
    host.execute("UPDATE merchant_services SET enabled = false WHERE service = 'sale'")
    host.clock.moment += timedelta(days=60)
    found = items(terminal.manage("0800", "360")[62])
    assert (found["17"], found["23"], found["20"]) == (b"1", b"nfc,qr,void,refund,preauth,balance,offline", b"2027")
    assert found["25"] == b"sale:h"


def test_the_highest_trace_comes_back_to_a_terminal_that_forgot(host, terminal):
    terminal.trace = 500
    terminal.sale(CARD, 1)
    terminal.trace = 3
    assert items(terminal.manage("0800", "360")[62])["21"] == b"501"


def test_the_trace_begins_again_after_999999(host, terminal):
    for trace in (400_000, 800_000, 999_998):
        terminal.trace = trace
        terminal.manage("0820", "301")
    terminal.trace = 0
    assert items(terminal.manage("0800", "360")[62])["21"] == b"1"


def test_77_for_parameters_of_another_batch(host, terminal):
    terminal.batch = 9
    assert terminal.manage("0800", "360")[39] == "77"


def test_echo_and_sign_off(host, terminal):
    echo = terminal.manage("0820", "301")
    assert (echo[39], echo[60]) == ("00", "00000001301")
    assert terminal.manage("0820", "002")[39] == "00"
    assert terminal.manage("0820", "301")[39] == "A0"
    terminal.sign_on()
    assert terminal.manage("0820", "301")[39] == "00"


def test_a_closed_merchant_or_disabled_terminal_does_not_sign_on(host):
    terminal = Terminal(host.handle_now, host.terminal_json)
    host.execute("UPDATE terminals SET status = 'disabled'")
    assert terminal.sign_on()[39] == "58"
    host.execute("UPDATE merchants SET status = 'closed'")
    assert terminal.sign_on()[39] == "03"
