"""What each database role may read. Nothing is readable that is not named here."""

from psycopg import sql
from sqlalchemy import Connection, Engine

from evidence.access.row_security import secure
from evidence.database import DatabaseRole, role_name
from evidence.published_tables import published_tables

_OF_PLANS: dict[str, DatabaseRole] = {"run": "analyst", "submission": "officer", "reply": "officer"}
"""Tables of the plans by who reads them: accounts, sessions and the access log are there too, for nobody."""


def grant(connection: Connection, owner: Engine) -> None:
    """Let every role read what is its own, and no more than that."""
    analyst, officer = role_name(owner, "analyst"), role_name(owner, "officer")
    for statement in (
        "GRANT USAGE ON SCHEMA evidence TO {}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA evidence TO {}",
        # Those to come, too: a layer's table is made at the start that first knows it.
        "ALTER DEFAULT PRIVILEGES IN SCHEMA evidence GRANT SELECT ON TABLES TO {}",
    ):
        _execute(connection, statement, analyst)
    secure(connection, owner)
    _execute(connection, "REVOKE ALL ON ALL TABLES IN SCHEMA plans FROM {}, {}", analyst, officer)
    _execute(connection, "GRANT USAGE ON SCHEMA plans TO {}, {}", analyst, officer)
    for name, role in _OF_PLANS.items():
        _execute(connection, "GRANT SELECT ON plans.{} TO {}", name, role_name(owner, role))
    grant_published(connection, owner)


def grant_published(connection: Connection, owner: Engine) -> None:
    """Let the public role read what is published: of a layer that is shown the fields that it shows now.

    A layer or a field that is shown no longer may lie there until the next publication, and nobody can read it.
    """
    public = role_name(owner, "public")
    _execute(connection, "REVOKE ALL ON ALL TABLES IN SCHEMA published FROM {}", public)
    _execute(connection, "GRANT USAGE ON SCHEMA published TO {}", public)
    for each in published_tables():
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in each.columns.keys())  # noqa: SIM118 - not a dict
        statement = sql.SQL("GRANT SELECT ({}) ON {} TO {}")
        name = sql.Identifier("published", each.name)
        connection.connection.cursor().execute(statement.format(columns, name, sql.Identifier(public)))


def _execute(connection: Connection, statement: str, *names: str) -> None:
    connection.connection.cursor().execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
