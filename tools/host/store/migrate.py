"""Brings a database to the newest schema, by Alembic."""

import logging
from pathlib import Path

from sqlalchemy import inspect, text

MIGRATIONS = Path(__file__).parent / "migrations"
# The newest revision. Known here so that a start without anything to do need not load Alembic (half a second).
NEWEST = "0004"


def upgrade(engine):
    """Runs the migrations that `engine`'s database has not seen; none when it is up to date."""
    if _revision(engine) == NEWEST:
        return
    from alembic import command
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(engine):
    with engine.begin() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
