"""The bad host is bad in exactly the way its mode says."""

import time

import pytest
from host.badhost import BadHost
from host.client import Client
from host.terminal import Terminal, cmac8, unpack

pytestmark = pytest.mark.slow
CARD = "6200000000000013"


@pytest.fixture
def bad(tmp_path):
    with BadHost(tmp_path, late_s=0.3) as host:
        yield host


def test_modes(bad):
    with Client(bad.port, bad.ca_der) as client:
        terminal = Terminal(client.send, bad.terminal_json)
        terminal.sign_on()
        assert terminal.sale(CARD, 1)[39] == "00"
        bad.mode = "wrong_mac"
        with pytest.raises(AssertionError, match="wrong MAC"):
            terminal.sale(CARD, 1)
        bad.mode = "other_trace"
        assert terminal.sale(CARD, 1)[11] == f"{terminal.trace + 1:06d}"
        bad.mode = "other_amount"
        assert terminal.sale(CARD, 1)[4] == "000000000002"
        bad.mode = "no_mac"
        assert 64 not in terminal.sale(CARD, 1)
        bad.mode = "late"
        begun = time.monotonic()
        assert terminal.sale(CARD, 1)[39] == "00"
        assert time.monotonic() - begun >= 0.3
        assert terminal.manage("0820", "301")[39] == "00"
        bad.mode = "garbage"
        with pytest.raises(AssertionError):
            terminal.sale(CARD, 1)
        bad.mode = "close"
        with pytest.raises(AssertionError, match="no answer"):
            terminal.sale(CARD, 1)
    assert bad.host.balance(CARD) == 100_000 - 8
    assert len(bad.received) == 10


def test_silent_and_unframed(bad):
    with Client(bad.port, bad.ca_der) as client:
        terminal = Terminal(client.send, bad.terminal_json)
        terminal.sign_on()
        bad.mode = "unframed"
        with pytest.raises((AssertionError, TimeoutError)):
            client.socket.settimeout(0.3)
            terminal.sale(CARD, 1)
    with Client(bad.port, bad.ca_der) as client:
        terminal.send = client.send
        bad.mode = "silent"
        client.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            terminal.sale(CARD, 1)
    assert bad.host.balance(CARD) == 99_998


def test_the_mangled_answer_is_otherwise_the_real_one(bad):
    bad.mode = "other_trace"
    with Client(bad.port, bad.ca_der) as client:
        terminal = Terminal(client.send, bad.terminal_json)
        terminal.sign_on()
        frames = []
        terminal.send = lambda frame: frames.append(client.send(frame)) or frames[-1]
        terminal.sale(CARD, 1)
    _, fields, message = unpack(frames[0])
    assert fields[39] == "00"
    assert fields[64] == cmac8(terminal.key, message[:-8])
