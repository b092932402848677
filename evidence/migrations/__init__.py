"""Brings the tables that people and the service write from what an earlier version made to what this one knows."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.schema import CreateSchema

from geo.errors import Refused


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest revision, in the caller's transaction.

    Raises
    ------
    Refused
        The database has a revision that this version does not know: a newer one made it.
    """
    # Alembic keeps its table in it before the first migration has made it.
    connection.execute(CreateSchema("evidence", if_not_exists=True))
    context = MigrationContext.configure(connection, opts={"version_table": TABLE, "version_table_schema": "evidence"})
    known = {script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions()}
    if newer := sorted({*context.get_current_heads()} - known):
        raise Refused(
            f"A newer version of the service has changed this database (to revision {', '.join(newer)}; this version "
            f"knows {head()}): install that version again, or restore a backup from before. Nothing was changed."
        )
    config = Config(attributes={"connection": connection, "version_table": TABLE})
    config.set_main_option("script_location", str(_FOLDER))
    command.upgrade(config, "head")


_FOLDER = Path(__file__).parent
TABLE = "schema_revision"
"""Where the revision stands, in the schema `evidence`."""


@cache
def head() -> str:
    """The newest revision that this version knows."""
    return str(ScriptDirectory(str(_FOLDER)).get_current_head())
