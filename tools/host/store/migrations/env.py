"""Run by Alembic: hands it the connection that migrate.py opened."""

from alembic import context

from tools.host.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
