"""Migrations give the tables that the code expects, on SQLite and in words for PostgreSQL; durability settings hold."""

import io

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

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


def test_the_first_migration_speaks_postgresql():
    """Words only; the triggers were run once by hand on PostgreSQL 18."""
    engine = create_engine("sqlite://")
    said = io.StringIO()
    from sqlalchemy.dialects import postgresql

    context = MigrationContext.configure(
        dialect=postgresql.dialect(), opts={"as_sql": True, "output_buffer": said, "target_metadata": metadata}
    )
    from alembic.operations import Operations

    script = ScriptDirectory.from_config(alembic_config()).get_revision("0001").module
    with Operations.context(context), pytest.MonkeyPatch.context() as patch:
        patch.setattr(script.op, "get_bind", lambda: type("Bind", (), {"dialect": postgresql.dialect()}))
        script.upgrade()
    sql = said.getvalue()
    assert "id BIGSERIAL" in sql
    assert "CREATE TRIGGER lines_guard" in sql
    assert "RAISE(ABORT" not in sql
    engine.dispose()


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
