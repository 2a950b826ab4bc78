"""Fixtures of the host's tests: a host in this process and a terminal signed on to it."""

import re
import warnings
from datetime import datetime, timedelta, timezone

import pytest
from host.inprocess import PASSWORD, FixedClock, Host
from host.terminal import Terminal

from tools.host.console.app import make_app

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


@pytest.fixture
def web(host):
    """The console's client; redirects are not followed."""
    with warnings.catch_warnings():  # Starlette would like another client library than the one that is locked here
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient
    with TestClient(make_app(host.database, bytes(32), host.clock), follow_redirects=False) as client:
        yield client


def log_in(web, name="owner", password=PASSWORD):
    """Logs a user of the platform in through its form; the answer."""
    token = re.search(r'name="csrf" value="([^"]+)"', web.get("/login").text)[1]
    return web.post("/login", data={"name": name, "password": password, "csrf": token})
