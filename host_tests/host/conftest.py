"""Fixtures of the host's tests: a host in this process and a terminal signed on to it."""

import re
from datetime import datetime, timedelta, timezone

import pytest
from host import postgres
from host.inprocess import DATABASE, PASSWORD, POSTGRESQL, SQLITE, FixedClock, Host
from host.terminal import Terminal

NOON = datetime(2026, 11, 22, 12, 34, 56, tzinfo=timezone(timedelta(hours=8)))


# What `make test` runs on PostgreSQL too; all of it: `make test-postgresql`.
ON_BOTH = frozenset(
    "test_" + name
    for name in ("failing_statements", "ledger", "preauth", "random_kinds", "repeats", "settlement", "upload")
)

ON_SQLITE = frozenset({"test_database"})  # its settings and file; what is like it there is in test_postgresql


def pytest_generate_tests(metafunc):
    if "host" in metafunc.fixturenames:
        module = metafunc.module.__name__.rpartition(".")[2]
        if module in ON_SQLITE:
            metafunc.parametrize("host", (SQLITE,), indirect=True)
        elif DATABASE == SQLITE and module in ON_BOTH:
            metafunc.parametrize("host", (SQLITE, POSTGRESQL), indirect=True)


@pytest.fixture
def host(request, tmp_path, monkeypatch):
    made = Host(tmp_path, FixedClock(NOON), getattr(request, "param", DATABASE))
    if made.address:
        monkeypatch.setenv("DATABASE_URL", made.address)  # for commands that a test runs
    yield made
    made.close()


@pytest.fixture(scope="session", autouse=True)
def _server_ends():
    yield
    postgres.end_shared()


@pytest.fixture
def terminal(host):
    return Terminal.at(host)


@pytest.fixture
def web(host):
    """The console's client; redirects are not followed."""
    with host.console() as client:
        yield client


def log_in(web, name="owner", password=PASSWORD):
    """Logs a user of the platform in through its form; the answer."""
    token = re.search(r'name="csrf" value="([^"]+)"', web.get("/login").text)[1]
    return web.post("/login", data={"name": name, "password": password, "csrf": token})
