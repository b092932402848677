"""Makes the database what the code says: schemas, roles, tables and grants, all in one transaction or not at all.

What people and the service write is changed by migrations. A layer's table follows its record. Nothing that is in a
table is ever dropped, and nothing that is published is touched: a publication replaces it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import get_args

from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, Table, func, inspect, literal_column, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.schema import CreateIndex, CreateTable

from evidence.access.grants import grant
from evidence.access.log import make_append_only
from evidence.access.row_security import STATEMENTS
from evidence.access.tables import ACCOUNTS as ACCOUNTS  # for its tables: what is prepared is what is known
from evidence.alterations import alter_tables
from evidence.database import PLANS, Database, DatabaseRole, password, role_name
from evidence.migrations import head, migrate
from evidence.published_tables import PUBLISHED, published_table
from evidence.tables import EVIDENCE, table
from geo.errors import Refused
from layers._registry import LAYERS

_LOCK = 7_310_400_042
"""Any number that no other user of the server takes: two starts at once must not both create."""

_ROLES: tuple[DatabaseRole, ...] = get_args(DatabaseRole)


def prepare(database: Database, home: Path) -> None:
    """Create what is missing and alter what changed; at once when nothing did.

    Raises
    ------
    Refused
        The owner may not create schemas or roles, a schema of others is in the way, a newer version of the service
        has changed the database, or a field changed its type. Then nothing has changed.
    """
    # The roles apart, because neither a copy of a database nor one with a new home has them as they are here.
    passwords = [password(database.owner, role, home) for role in _ROLES]
    wanted = [_fingerprint([head(), *_definitions(tables()), *STATEMENTS]), _fingerprint(passwords)]
    with _allowed(database.owner), database.owner.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        known = _recorded(connection, database.owner)
        if known == wanted:
            return
        if not known:
            _refuse_schemas_of_others(connection)
        if known[:1] != wanted[:1]:
            migrate(connection)
            for metadata in (EVIDENCE, PLANS, PUBLISHED):
                alter_tables(connection, metadata)
            make_append_only(connection)
        for role in _ROLES:
            _login(connection, database.owner, role, home)
        grant(connection, database.owner)
        connection.execute(text(f"COMMENT ON SCHEMA evidence IS '{' '.join(wanted)}'"))


def _refuse_schemas_of_others(connection: Connection) -> None:
    # What others keep under our names would be taken for ours, or shown to the public.
    taken = sorted({"evidence", "plans", "published"} & set(inspect(connection).get_schema_names()))
    if taken:
        raise Refused(
            f"The database already has a schema called {' and '.join(taken)} that this service did not make: "
            "give the service a database of its own."
        )


@contextmanager
def _allowed(owner: Engine) -> Iterator[None]:
    """Say what is missing if the owner may not do something."""
    try:
        yield
    except (ProgrammingError, InsufficientPrivilege) as error:
        cause = error.orig if isinstance(error, ProgrammingError) else error
        if not isinstance(cause, InsufficientPrivilege):
            raise
        raise Refused(
            f"{owner.url.username} may not prepare the database ({cause.diag.message_primary}): "
            "it must own the database and may have to create roles. Have the administrator run "
            f'ALTER DATABASE "{owner.url.database}" OWNER TO "{owner.url.username}" and '
            f'ALTER ROLE "{owner.url.username}" CREATEROLE.'
        ) from error


def tables() -> list[Table]:
    """Every table that is known by now."""
    for layer in LAYERS.values():
        table(layer)
        published_table(layer)
    return [each for metadata in (EVIDENCE, PLANS, PUBLISHED) for each in metadata.sorted_tables]


def _definitions(tables: list[Table]) -> list[str]:
    indexes = [str(CreateIndex(index)) for each in tables for index in sorted(each.indexes, key=str)]
    comments = [f"{column.comment}" for each in tables for column in each.columns]
    return [*(str(CreateTable(each)) for each in tables), *indexes, *comments]


def _fingerprint(parts: list[str]) -> str:
    return sha256("".join(parts).encode()).hexdigest()


def _recorded(connection: Connection, owner: Engine) -> list[str]:
    """Fingerprints of the tables and the roles that are there; of the tables alone if a role is missing."""
    comment = connection.scalar(select(func.obj_description(func.to_regnamespace("evidence"), "pg_namespace")))
    names = [role_name(owner, role) for role in _ROLES]
    roles = select(func.count()).select_from(text("pg_roles")).where(literal_column("rolname").in_(names))
    known = str(comment or "").split()
    return known if connection.scalar(roles) == len(names) else known[:1]


def _login(connection: Connection, owner: Engine, role: DatabaseRole, home: Path) -> None:
    name = role_name(owner, role)
    known = connection.execute(text("SELECT true FROM pg_roles WHERE rolname = :name"), {"name": name}).scalar()
    verb = "ALTER" if known else "CREATE"
    login = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
    cursor = connection.connection.cursor()
    cursor.execute(login.format(sql.Identifier(name), sql.Literal(password(owner, role, home))))
    # They look, and leave nothing behind.
    cursor.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(sql.Identifier(name)))
    database = sql.Identifier(str(owner.url.database))
    cursor.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database))
