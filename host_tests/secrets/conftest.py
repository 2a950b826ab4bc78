"""A host in this process, a terminal signed on to it, and the console's client."""

import warnings

import pytest
from host.conftest import NOON
from host.inprocess import FixedClock, Host
from host.terminal import Terminal

from tools.host.console.app import make_app


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
