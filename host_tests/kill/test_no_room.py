"""What SQLite does without room, and when it fails while it commits: in this process, on real files."""

import logging
import resource

import pytest
from host.conftest import NOON
from host.inprocess import SQLITE, FixedClock, Host
from host.terminal import Terminal, pack

CARD = "6200000000000013"


@pytest.fixture
def host(tmp_path):
    made = Host(tmp_path, FixedClock(NOON), SQLITE)
    yield made
    made.close()


@pytest.fixture
def terminal(host):
    return Terminal.at(host)


def pages(host, most=None):
    """The most pages that the file may have; None: as many as it has."""
    with host.database.transaction() as unit:
        here = unit._connection.execute("PRAGMA page_count").fetchone()[0]
        unit._connection.execute(f"PRAGMA max_page_count = {most or here}")


def test_without_room_nothing_is_kept_and_it_goes_on_by_itself(host, terminal, caplog):
    pages(host)
    sold = 0
    with caplog.at_level(logging.ERROR):
        while terminal.sale(CARD, 1)[39] == "00":
            sold += 1
            assert sold < 2000
    (record,) = caplog.records
    assert "no room on the database's disk; 1 requests answered 96" in record.message
    assert "Traceback" not in caplog.text
    fields = terminal.sale_fields(CARD, 1)
    assert [terminal.exchange("0200", fields)[39] for _ in range(3)] == ["96"] * 3
    assert host.balance(CARD) == 100_000 - sold
    pages(host, 10**6)
    assert terminal.exchange("0200", fields)[39] == "00"
    assert host.balance(CARD) == 100_000 - sold - 1
    assert host.check().balanced


@pytest.fixture
def no_longer_files(host):
    """From now on no file of this process may become longer than the write-ahead log is: EFBIG, an I/O error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (host.database.path.with_name("host.db-wal").stat().st_size, hard))

    def lift():
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    yield limit, lift
    lift()


def test_a_commit_that_fails_is_not_answered(host, terminal, no_longer_files):
    """What it left in the log may be found whole at the next start: 96 would say that it is not there."""
    limit, lift = no_longer_files
    with host.database.transaction() as unit:
        unit._connection.execute("PRAGMA temp_store = MEMORY")  # a step's own journal is no file, and does not fail
    terminal.sale(CARD, 1)
    fields = terminal.sale_fields(CARD, 100)
    frames = [pack("0200", fields, terminal.key), pack("0200", terminal.sale_fields(CARD, 100), terminal.key)]
    limit()
    answers = host.switch.answer_all(frames)
    lift()
    assert answers == [None, None]
    assert terminal.reverse(fields)[39] in ("00", "25")
    assert terminal.read(host.switch.answer(frames[1]), "0200")[39] == "00"
    assert host.balance(CARD) == 100_000 - 1 - 100
    assert host.check().balanced
