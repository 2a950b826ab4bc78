"""Migrations give the tables that the code expects, on SQLite and in words for PostgreSQL; durability settings hold."""

import io

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from tools.host.ledger.check import check
from tools.host.store import migrate
from tools.host.store.database import Database, DatabaseError
from tools.host.store.schema import metadata


def alembic_config(**options):
    config = Config(**options)
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    return config


def test_migrations_and_tables_agree(host):
    with host.database.engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_revision_is_the_one_that_start_looks_for():
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [migrate.NEWEST]


def test_upgrade_again_changes_nothing(host, terminal):
    terminal.sale("6200000000000013", 1)
    migrate.upgrade(host.database.engine)
    assert check(host.database.engine) == (6, 5, 1, [])


def test_down_and_up_again(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    migrate.upgrade(engine)
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        assert tables == ["alembic_version"]
    migrate.upgrade(engine)


def in_postgresql(revision):
    """The SQL of a migration for PostgreSQL. Words only: they were run by hand on PostgreSQL 15 and 18."""
    engine = create_engine("sqlite://")
    said = io.StringIO()
    from sqlalchemy.dialects import postgresql

    context = MigrationContext.configure(
        dialect=postgresql.dialect(), opts={"as_sql": True, "output_buffer": said, "target_metadata": metadata}
    )
    from alembic.operations import Operations

    script = ScriptDirectory.from_config(alembic_config()).get_revision(revision).module
    with Operations.context(context), pytest.MonkeyPatch.context() as patch:
        patch.setattr(script.op, "get_bind", lambda: type("Bind", (), {"dialect": postgresql.dialect()}))
        script.upgrade()
    engine.dispose()
    return said.getvalue()


@pytest.mark.parametrize("revision", ["0003", "0004"])
def test_later_migrations_need_nothing_of_sqlite(revision):
    sql = in_postgresql(revision)
    assert "BIGINT" in sql and "CREATE TABLE" in sql
    assert "sqlite" not in sql and "PRAGMA" not in sql and "INTEGER PRIMARY KEY" not in sql


def test_the_first_migrations_speak_postgresql():
    sql = in_postgresql("0001")
    assert "id BIGSERIAL" in sql
    assert "CREATE TRIGGER lines_guard" in sql
    assert "RAISE(ABORT" not in sql
    sql = in_postgresql("0002")
    assert "ADD COLUMN original_id BIGINT CONSTRAINT" in sql
    assert "ALTER TABLE accounts DROP CONSTRAINT ck_accounts_no_overdraft" in sql
    assert "CHECK (held_minor >= 0 AND" in sql
    assert "writable_schema" not in sql


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_settings_of_each_connection(host, pragma, value):
    with host.database.engine.begin() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    with host.database.transaction() as unit:
        assert unit._connection.execute(f"PRAGMA {pragma}").fetchone()[0] == value


def test_a_reader_sees_one_state_while_another_writes(host, terminal):
    with host.database.engine.begin() as connection:
        before = connection.execute(text("SELECT count(*) FROM transactions")).scalar()
        terminal.sale("6200000000000013", 1)
        assert connection.execute(text("SELECT count(*) FROM transactions")).scalar() == before
    assert host.execute("SELECT count(*) AS n FROM transactions")[0]["n"] == before + 1


def test_a_failed_step_leaves_the_steps_before_it(host):
    with host.database.transaction() as unit:
        unit.run(text("UPDATE merchants SET name = 'one'"))
        with pytest.raises(DatabaseError), unit.savepoint():
            unit.run(text("UPDATE merchants SET name = 'two'"))
            unit.run(text("UPDATE merchants SET status = 'neither'"))
    assert host.execute("SELECT name FROM merchants") == [{"name": "one"}]


def test_a_database_that_is_none(tmp_path):
    (tmp_path / "host.db").write_bytes(b"this is not a database" * 100)
    with pytest.raises(DatabaseError), Database(tmp_path / "host.db").transaction():
        pass


BEFORE_TAKING_BACK = """
INSERT INTO accounts (id, number, kind, balance_minor, opened_ms) VALUES
 (1, '9000000000000000', 'issuer', -1000, 0), (2, '6200000000000013', 'card', 990, 0), (3, '81', 'merchant', 10, 0);
INSERT INTO merchants (id, number, name, account_id) VALUES (1, '100000000000001', 'x', 3);
INSERT INTO merchant_services (merchant_id, service, enabled) VALUES (1, 'sale', true);
INSERT INTO terminals (id, number, merchant_id, master_key) VALUES (1, '10000001', 1, '');
INSERT INTO transactions (id, terminal_id, batch, trace, mti, processing_code, card, amount_minor, code, received_ms)
 VALUES (1, 1, 1, 1, '0200', '000000', '6200000000000013', 10, '00', 0),
 (2, 1, 1, 2, '0200', '000000', '6200000000000013', 7, '00', 0),
 (3, 1, 1, 2, '0400', '000000', '6200000000000013', 7, '00', 0),
 (4, 1, 1, 4, '0200', '310000', '6200000000000013', 0, '00', 0);
UPDATE transactions SET reversed_by = 3 WHERE id = 2;
INSERT INTO entries (id, kind, transaction_id, posted_ms) VALUES
 (1, 'opening', NULL, 0), (2, 'sale', 1, 0), (3, 'sale', 2, 0), (4, 'reversal', 3, 0);
INSERT INTO lines (entry_id, position, account_id, amount_minor) VALUES
 (1, 0, 1, -1000), (1, 1, 2, 1000), (2, 0, 2, -10), (2, 1, 3, 10),
 (3, 0, 2, -7), (3, 1, 3, 7), (4, 0, 2, 7), (4, 1, 3, -7);
UPDATE entries SET sealed = 1
"""


def test_books_of_the_first_version_are_taken_over(tmp_path):
    """And the guards that SQLite keeps in the table's own text are there afterwards."""
    database = Database(tmp_path / "old.db")
    config = alembic_config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with database.engine.begin() as connection:
        for statement in BEFORE_TAKING_BACK.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(database.engine)
    with database.engine.begin() as connection:
        rows = connection.execute(text("SELECT kind, original_id FROM transactions ORDER BY id")).all()
        assert rows == [("sale", None), ("sale", None), ("reversal", 2), ("balance", None)]
        services = connection.execute(text("SELECT service FROM merchant_services")).scalars()
        assert set(services) >= {"sale", "nfc", "qr", "void", "refund", "preauth"}
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    assert check(database.engine).problems == []
    for wrong in (
        "UPDATE accounts SET held_minor = 991 WHERE id = 2",
        "UPDATE accounts SET balance_minor = -1 WHERE id = 2",
        "UPDATE accounts SET kind = 'purse' WHERE id = 2",
        "UPDATE transactions SET refunded_minor = 11 WHERE id = 1",
        "UPDATE transactions SET voided_by = 99 WHERE id = 1",
        "INSERT INTO entries (kind, posted_ms) VALUES ('gift', 0)",
    ):
        with pytest.raises(IntegrityError), database.engine.begin() as connection:
            connection.execute(text(wrong))
    database.close()
