"""Keys live from one sign-on to the next, no longer; a terminal that was stopped is refused with its next message."""

import pytest
from host.terminal import KINDS, Terminal, pack, second_terminal, unpack

from tools.host.__main__ import main
from tools.host.switch.switch import Switch

RICH = "6200000000000013"


def restart(host):
    """The host's process ends and starts again on the same database."""
    host.database.close()
    host.database = host.state.database()
    host.keystore = host.state.keystore()
    host.switch = Switch(host.database, host.keystore, host.clock)


def command(host, *arguments):
    assert main([*arguments, "--state", str(host.folder)]) == 0


def echo(terminal):
    return terminal.manage("0820", "301")[39]


def test_every_key_before_the_last_is_dead_once_that_is_used(host, terminal):
    """As the firmware does it: what follows a sign-on is the parameters, under the new key."""
    old = []
    for _ in range(4):
        terminal.manage("0800", "360")
        old.append(terminal.key)
        assert terminal.sign_on()[39] == "00"
    terminal.manage("0800", "360")
    live = terminal.key
    assert len({*old, live}) == 5
    for starts in range(2):
        for key in old:
            terminal.key = key
            assert terminal.sale(RICH, 100)[39] == "A0"
            assert echo(terminal) == "A0"
        terminal.key = live
        assert echo(terminal) == "00"
        if not starts:
            restart(host)
    assert host.balance(RICH) == 100_000


def test_a_recorded_message_of_before_the_sign_on_is_refused(host, terminal):
    assert terminal.sale(RICH, 100)[39] == "00"
    fresh = terminal.request("sale", RICH, 250)  # recorded, never delivered
    recorded = pack("0200", fresh, terminal.key)
    terminal.sign_on()
    assert echo(terminal) == "00"
    answer = unpack(host.handle_now(recorded))[1]
    assert answer[39] == "A0" and 64 not in answer
    assert host.balance(RICH) == 100_000 - 100


def test_a_sign_on_that_was_never_used_gives_a_key_that_the_next_one_kills(host, terminal):
    echo(terminal)
    live = terminal.key
    terminal.sign_on()
    never_used = terminal.key
    terminal.sign_on()
    terminal.key = never_used
    assert echo(terminal) == "A0"
    terminal.key = live
    assert echo(terminal) == "00", "a lost answer locks nobody out: the key before counts until a new one is used"


def test_signed_off_no_key_counts(host, terminal):
    key = terminal.key
    assert terminal.manage("0820", "002")[39] == "00"
    terminal.key = key
    assert echo(terminal) == "A0"


def test_no_two_terminals_or_sign_ons_share_a_key(host, terminal):
    other = second_terminal(host)
    echo(terminal), echo(other)
    terminal.key, other.key = other.key, terminal.key
    assert (echo(terminal), echo(other)) == ("A0", "A0")


def whatever_moves_money(terminal, sold):
    """One request of each kind that would give or take money, with its answer."""
    for kind in KINDS:
        if kind in ("sale", "preauth"):
            yield kind, terminal.send_kind(kind, RICH, 100)[39]
        elif kind == "offline":
            yield kind, terminal.send_kind(kind, RICH, 100, f12="113000", f13="1122")[39]
        else:
            yield kind, terminal.correct(kind, sold)[39]
    yield "balance", terminal.balance(RICH)[39]


def test_a_terminal_that_is_switched_off_is_refused_with_its_next_message(host, terminal, capsys):
    """In an open session, by whatever kind; what it has begun it may still take back and settle."""
    sale = terminal.sale_fields(RICH, 700)
    sold = terminal.exchange("0200", sale) | {2: RICH, 4: f"{700:012d}"}
    assert sold[39] == "00"
    command(host, "terminal", terminal.identity[41], "off")
    assert "trades no more" in capsys.readouterr().out
    for kind, code in whatever_moves_money(terminal, sold):
        assert code == "58", kind
    assert terminal.manage("0800", "360")[39] == "58"
    assert Terminal(host.handle_now, host.terminal_json).sign_on()[39] == "58"
    assert terminal.reverse(sale)[39] == "00", "what it has begun"
    assert host.balance(RICH) == 100_000
    command(host, "terminal", terminal.identity[41], "on")
    assert terminal.sale(RICH, 700)[39] == "00"
    assert host.check().balanced


def test_a_revoked_terminals_keys_are_worth_nothing(host, terminal, capsys):
    echo(terminal)
    sale = terminal.sale_fields(RICH, 700)
    sold = terminal.exchange("0200", sale) | {2: RICH, 4: f"{700:012d}"}
    command(host, "terminal", terminal.identity[41], "revoke")
    for kind, code in whatever_moves_money(terminal, sold):
        assert code == "A0", kind
    assert terminal.reverse(sale)[39] == "A0"
    assert terminal.manage("0500", "201", f48="0" * 31, f49="156")[39] == "A0"
    stolen = Terminal(host.handle_now, host.terminal_json)
    assert stolen.sign_on()[39] == "58"
    command(host, "terminal", terminal.identity[41], "on")
    with pytest.raises(Exception, match="MAC"):
        stolen.sign_on()  # the host answers; its key block is under a key that the thief does not have
    renewed = Terminal.of_file(host.handle_now, host.terminal_file)
    assert renewed.master_key != stolen.master_key
    assert renewed.sign_on()[39] == "00"
    renewed.trace = terminal.trace
    assert renewed.sale(RICH, 5)[39] == "00"
    assert host.terminal_file.stat().st_mode & 0o077 == 0
    assert renewed.master_key.hex() not in capsys.readouterr().out
    assert host.check().balanced


def test_the_command_shows_and_refuses(host, terminal, capsys):
    echo(terminal)
    command(host, "terminal")
    assert capsys.readouterr().out == "10000001  enabled   batch 000001  signed on\n"
    command(host, "terminal", "10000001", "off")
    command(host, "terminal", "10000001")
    assert capsys.readouterr().out.endswith("10000001  disabled  batch 000001  signed on\n")
    assert main(["terminal", "10000009", "off", "--state", str(host.folder)]) == 1
    assert "no terminal 10000009" in capsys.readouterr().err
