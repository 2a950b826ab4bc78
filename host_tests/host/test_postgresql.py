"""The host on PostgreSQL: what breaks there, its tables and guards, the commands."""

import contextlib
import logging
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from host import postgres
from host.conftest import NOON, log_in
from host.cut import Cut
from host.inprocess import PASSWORD, POSTGRESQL, FixedClock, Host, console_of
from host.pair import Second
from host.terminal import Terminal, pack
from host.test_database import BEFORE_TAKING_BACK, alembic_config
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tools.host.__main__ import main
from tools.host.initialise import initialise
from tools.host.ledger import book
from tools.host.ledger.check import check
from tools.host.state import State
from tools.host.store import database as databases
from tools.host.store import migrate
from tools.host.store.database import AddressError, Database, DatabaseError, OutcomeUnknown
from tools.host.store.schema import metadata
from tools.host.switch.switch import Switch
from tools.host.wallet import links

ROOT = Path(__file__).parents[2]
CARD, POOR, RICH = "6200000000000013", "6200000000000021", "6200000000000047"
MERCHANT_ACCOUNT = "8100000000000001"


@pytest.fixture
def host(tmp_path):
    made = Host(tmp_path, FixedClock(NOON), POSTGRESQL)
    yield made
    made.close()


@pytest.fixture
def empty(request):
    """Address of a database without a table; dropped afterwards."""
    name = f"empty{abs(hash(request.node.name))}"
    postgres.shared().create(name)
    yield postgres.shared().address(name)
    postgres.shared().drop(name)


@pytest.fixture
def cut():
    with Cut(postgres.shared().folder) as made:
        yield made


def behind(host, cut):
    """A terminal of a host whose way to the database leads through the proxy, and that host."""
    other = Second(host, cut.address(name_of(host)))
    terminal = Terminal(other.switch.answer, host.terminal_json)
    assert terminal.sign_on()[39] == "00"
    return terminal, other


def name_of(host):
    return host.address.partition("@/")[2].partition("?")[0]


def others_in(host):
    """Process ids of the server's other connections to this database."""
    found = host.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return [row["pid"] for row in found]


# What breaks


@pytest.mark.parametrize(("at", "done"), [("before", False), ("after", True)])
def test_a_commit_that_breaks_is_not_answered(host, cut, at, done):
    """Whether it was kept is not known: 96 would say that it was not. The terminal reverses, and that is answered."""
    terminal, other = behind(host, cut)
    fields = terminal.sale_fields(CARD, 1234)
    cut.at = at
    assert other.switch.answer(pack("0200", fields, terminal.key)) is None
    assert cut.cuts == 1
    assert host.balance(CARD) == (98_766 if done else 100_000)
    assert terminal.reverse(fields)[39] == ("00" if done else "25")
    assert host.balance(CARD) == 100_000
    assert terminal.sale(CARD, 1)[39] == "00"
    assert host.check().balanced
    other.database.close()


def test_a_commit_that_breaks_is_no_answer_for_the_whole_group(host, cut):
    terminal, other = behind(host, cut)
    frames = [pack("0200", terminal.sale_fields(CARD, 1), terminal.key) for _ in range(3)]
    cut.at = "after"
    assert other.switch.answer_all(frames) == [None, None, None]
    assert [frame is not None for frame in other.switch.answer_all(frames)] == [True, True, True]
    assert host.balance(CARD) == 100_000 - 3
    other.database.close()


def test_a_connection_that_breaks_before_the_commit_is_made_anew(host):
    terminal = Terminal(host.handle_now, host.terminal_json)
    terminal.sign_on()
    for pid in others_in(host):
        host.execute("SELECT pg_terminate_backend(:pid)", pid=pid)
    assert terminal.sale(CARD, 100)[39] == "00"
    assert host.balance(CARD) == 99_900


def test_a_connection_that_breaks_in_the_middle_is_made_anew_and_all_is_done_once(host, monkeypatch):
    terminal = Terminal(host.handle_now, host.terminal_json)
    terminal.sign_on()
    post, cuts = book.post, []

    def cut_once(unit, *arguments):
        if not cuts:
            cuts.append(unit._connection.info.backend_pid)
            host.execute("SELECT pg_terminate_backend(:pid)", pid=cuts[0])
            time.sleep(0.1)
        return post(unit, *arguments)

    monkeypatch.setattr(book, "post", cut_once)
    assert terminal.sale(CARD, 100)[39] == "00"
    assert (len(cuts), host.balance(CARD)) == (1, 99_900)
    assert host.check().balanced


def test_without_a_server_96_at_once_and_then_it_goes_on(tmp_path, monkeypatch, caplog):
    """Killed, not stopped: what was acknowledged is there when it has recovered."""
    monkeypatch.setattr(databases, "DOWN_S", 3600)
    with postgres.Server(durable=True) as server:
        server.create("books")
        initialise(tmp_path, 8583, "demo", address=server.address("books"))
        state = State(tmp_path, server.address("books"))
        database = state.database()
        switch = Switch(database, state.keystore(), FixedClock(NOON))
        terminal = Terminal.of_file(switch.answer, state.terminals / "10000001.json")
        terminal.sign_on()
        assert terminal.sale(CARD, 100)[39] == "00"
        server.kill()
        with caplog.at_level(logging.ERROR):
            assert terminal.sale(CARD, 100)[39] == "96"
        assert "is away" in caplog.text and "Traceback" not in caplog.text
        with monkeypatch.context() as patch:
            patch.setattr(database._driver, "connect", None)  # nobody waits for a server that is known to be away
            for _ in range(5):
                assert terminal.sale(CARD, 100)[39] == "96"
        server.start()
        monkeypatch.setattr(database, "_down_until_s", 0)
        assert terminal.sale(CARD, 10)[39] == "00"
        assert check(database.engine) == (6, 6, 2, [])
        database.close()


def test_without_a_server_the_pages_say_so_and_then_show_again(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(databases, "DOWN_S", 0)
    with postgres.Server(durable=True) as server:
        server.create("books")
        initialise(tmp_path, 8583, PASSWORD, address=server.address("books"))
        database = State(tmp_path, server.address("books")).database()
        with database.transaction() as unit:
            wallet = "/wallet/" + links.make(unit, book.find_account(unit, CARD)["id"], 0)
        with console_of(database, FixedClock(NOON)) as web:
            log_in(web, "owner")
            paths = ("/", "/transactions", f"/api/accounts/{CARD}", wallet, wallet + "/pay")
            assert [web.get(path).status_code for path in paths] == [200] * len(paths)
            server.kill()
            answers = [web.get(path) for path in paths]
            assert [answer.status_code for answer in answers] == [503] * len(paths)
            console, _, api, customer, _ = [answer.text for answer in answers]
            assert "The database does not answer" in console and 'href="/"' in console
            assert api == '{"error":"database does not answer"}'
            assert "the service is away" in customer
            assert "The database does not answer" in log_in(web, "owner").text
            assert wallet not in caplog.text and "does not answer" in caplog.text
            server.start()
            assert [web.get(path).status_code for path in paths] == [200] * len(paths)
        database.close()


def test_a_statement_that_failed_unnoticed_is_no_commit(host):
    """PostgreSQL answers such a COMMIT with ROLLBACK, which is no error there."""

    def work(unit):
        with contextlib.suppress(DatabaseError):
            unit.run(text("SELECT 1 / 0"))

    with pytest.raises(DatabaseError, match="had failed"):
        host.database.run(work)
    with host.database.transaction() as unit:
        unit.run(text("SELECT 1"))


def test_what_the_database_cannot_store_fails_alone(host):
    """A byte 0 in the merchant's number must not be the end of the others' requests in its group."""
    terminal = Terminal(host.handle_now, host.terminal_json)
    terminal.sign_on()
    good = pack("0200", terminal.sale_fields(CARD, 100), terminal.key)
    bad = pack("0200", terminal.sale_fields(CARD, 100) | {42: "1" * 14 + "\0"}, terminal.key)
    answers = host.switch.answer_all([bad, good, bad])
    assert terminal.read(answers[1], "0200")[39] == "00"
    assert terminal.read(answers[0], "0200")[39] != "00"


def test_a_row_that_is_locked_is_waited_for_and_not_for_ever(host, monkeypatch):
    monkeypatch.setattr(databases, "TRIES_MAX", 1)
    terminal = Terminal(host.handle_now, host.terminal_json)
    terminal.sign_on()
    with host.database.transaction() as unit:
        unit.run(text("SET lock_timeout = 200"))
    with psycopg.connect(host.address) as other:
        other.execute("SELECT 1 FROM merchants FOR UPDATE")
        assert terminal.sale(CARD, 100)[39] == "96"
        with host.database.transaction() as unit:
            unit.run(text("SET lock_timeout = 60000"))
        timer = threading.Timer(0.1, other.rollback)
        timer.start()
        assert terminal.sale(CARD, 100)[39] == "00"
        timer.join()
    assert host.balance(CARD) == 99_900


# Tables, guards, commands


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE lines SET amount_minor = amount_minor + 1",
        "DELETE FROM lines",
        "DELETE FROM entries",
        "UPDATE entries SET kind = 'sale'",
        "INSERT INTO lines SELECT MAX(id), 9, 1, 5 FROM entries",
        "INSERT INTO entries (kind, posted_ms, sealed) VALUES ('sale', 0, 1)",
        "UPDATE accounts SET balance_minor = -1 WHERE number = '6200000000000013'",
        "UPDATE accounts SET held_minor = 100001 WHERE number = '6200000000000013'",
        "INSERT INTO terminals (number, merchant_id, master_key) SELECT number, merchant_id, '' FROM terminals",
    ],
)
def test_the_ledger_guards_itself(host, wrong):
    with pytest.raises(DBAPIError):
        host.execute(wrong)
    assert host.check().balanced


def test_an_unbalanced_entry_is_not_sealed(host):
    with pytest.raises(DatabaseError, match="unbalanced entry"), host.database.transaction() as unit:
        unit.run(text("INSERT INTO entries (kind, posted_ms) VALUES ('sale', 0)"))
        unit.run(text("INSERT INTO lines SELECT MAX(id), 0, 1, 5 FROM entries"))
        unit.run(text("UPDATE entries SET sealed = 1 WHERE sealed = 0"))


def test_migrations_and_tables_agree(host):
    with host.database.engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_down_and_up_again(empty):
    database = Database(empty)
    migrate.upgrade(database.engine)
    config = alembic_config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        left = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        assert left == ["alembic_version"]
    migrate.upgrade(database.engine)
    database.close()


def test_books_of_the_first_version_are_taken_over(empty):
    database = Database(empty)
    config = alembic_config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with database.engine.begin() as connection:
        for statement in BEFORE_TAKING_BACK.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(database.engine)
    assert check(database.engine).problems == []
    for wrong in (
        "UPDATE accounts SET held_minor = 991 WHERE id = 2",
        "UPDATE accounts SET kind = 'purse' WHERE id = 2",
    ):
        with pytest.raises(DBAPIError), database.engine.begin() as connection:
            connection.execute(text(wrong))
    database.close()


def test_hosts_that_start_at_once_make_the_tables_once(empty):
    """Processes: Alembic is for one thread at a time."""
    upgrade = f"from tools.host.store import database as d, migrate; migrate.upgrade(d.Database({empty!r}).engine)"
    starting = [
        subprocess.Popen([sys.executable, "-c", upgrade], cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in starting] == [("", 0)] * 3
    database = Database(empty)
    with database.engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_every_command_works_there(host, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", host.address)
    for arguments in (
        ["check"],
        ["account", CARD],
        ["account", CARD, "--json"],
        ["wallet", CARD],
        ["parameter", "copies", "1"],
        ["service", "qr", "off"],
        ["fee", "qr", "0.4"],
        ["webhook", "http://127.0.0.1:9/"],
        ["init"],
    ):
        assert main([*arguments, "--state", str(host.folder)]) == 0, capsys.readouterr()
    assert host.execute("SELECT enabled FROM merchant_services WHERE service = 'qr'") == [{"enabled": False}]
    assert not (host.folder / "host.db").exists()


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://pos:s3cret/word@127.0.0.1:1/x",
        "postgresql://pos:s3c@ret@127.0.0.1:1/x",
        "postgresql://pos:s3cret@127.0.0.1:1/x",
        "mysql://pos:s3cret@127.0.0.1/x",
        "postgresql://pos:s3cret@[::1/x",
    ],
)
def test_no_password_is_ever_said(host, address, capsys, caplog):
    with caplog.at_level(logging.DEBUG):
        assert main(["check", "--state", str(host.folder), "--database", address]) in (1, 2)
    said = "".join(capsys.readouterr()) + caplog.text
    assert "error: " in said
    assert "s3c" not in said and "ret" not in said.replace("secret", "")


def test_the_address_is_shown_without_its_password():
    database = Database("postgresql://pos:s3cret@db.example:6543/books")
    assert database.name == "PostgreSQL at db.example:6543/books"
    assert "s3cret" not in repr(database.engine.url)
    with pytest.raises(AddressError):
        Database("oracle://x")


def test_an_outcome_that_is_unknown_is_told_apart():
    assert not issubclass(OutcomeUnknown, databases.TransactionLost)
