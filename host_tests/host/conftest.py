"""Fixtures of the host's tests: a host in this process and a terminal signed on to it."""

from datetime import datetime, timedelta, timezone

import pytest
from host.inprocess import FixedClock, Host
from host.terminal import Terminal

NOON = datetime(2026, 11, 22, 12, 34, 56, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def host(tmp_path):
    made = Host(tmp_path, FixedClock(NOON))
    yield made
    made.close()


@pytest.fixture
def terminal(host):
    made = Terminal(host.handle_now, host.terminal_json)
    assert made.sign_on()[39] == "00"
    return made
