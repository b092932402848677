"""Run by Alembic: the migrations, in the connection and the transaction of whoever prepares the database."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table=given["version_table"], version_table_schema="evidence")
context.run_migrations()
