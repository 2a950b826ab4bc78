"""The database: tables, migrations, and the one transaction that a movement and its answer share."""
