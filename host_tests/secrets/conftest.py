"""A host in this process, a terminal signed on to it, and the console's client."""

import pytest
from host.conftest import NOON
from host.inprocess import FixedClock, Host
from host.terminal import Terminal


@pytest.fixture
def host(tmp_path):
    made = Host(tmp_path, FixedClock(NOON))
    yield made
    made.close()


@pytest.fixture
def terminal(host):
    return Terminal.at(host)


@pytest.fixture
def web(host):
    """The console's client; redirects are not followed."""
    with host.console() as client:
        yield client
