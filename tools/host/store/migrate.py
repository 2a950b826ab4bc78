"""Brings a database to the newest schema, by Alembic."""

import logging
import time
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

MIGRATIONS = Path(__file__).parent / "migrations"
# The newest revision. Known here so that a start without anything to do need not load Alembic (half a second).
NEWEST = "0004"
TRIES_MAX = 5
PAUSE_S = 0.5

log = logging.getLogger("host.store")


def upgrade(engine):
    """Runs the migrations that `engine`'s database has not seen; none when it is up to date.

    Of several hosts that start at once on one database, one gets through; the others find its work done.
    """
    for attempt in range(1, TRIES_MAX + 1):
        if _revision(engine) == NEWEST:
            return
        try:
            _upgrade(engine)
            return
        except DBAPIError as error:
            if attempt == TRIES_MAX:
                raise
            log.info("migration, once more: %s", type(error.orig).__name__)
            time.sleep(PAUSE_S)


def _upgrade(engine):
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
