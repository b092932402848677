"""Makes the database what the layers say: schemas, roles, tables and grants.

A layer's table follows its record. A field that is new gets a column, a code list that changed gets
its check anew, a field that went keeps its column and its values. Nothing is ever dropped but what is
published, which is a copy and made anew: what is no longer shown must be gone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import get_args

from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Column, Connection, Engine, MetaData, Table, func, inspect, literal_column, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.schema import AddConstraint, CheckConstraint, CreateIndex, CreateTable, SetColumnComment
from sqlalchemy.types import TypeEngine

from evidence.access.log import make_access_log
from evidence.access.row_security import STATEMENTS, secure
from evidence.database import Database, DatabaseRole, password, role_name
from evidence.disclosure.copy import publish_all
from evidence.published_tables import PUBLISHED, published_table
from evidence.tables import METADATA, table
from geo.errors import Refused
from layers._registry import LAYERS

_LOCK = 7_310_400_042
"""Any number that no other user of the server takes: two starts at once must not both create."""

_READS: dict[str, DatabaseRole] = {"evidence": "analyst", "published": "public"}
_ROLES: tuple[DatabaseRole, ...] = get_args(DatabaseRole)


def prepare(database: Database, home: Path) -> None:
    """Create what is missing and alter what changed; at once when nothing did.

    Raises
    ------
    Refused
        The owner may not create schemas or roles, a schema of others is in the way, or a field changed its type.
    """
    # The roles apart, because neither a copy of a database nor one with a new home has them as they are here.
    passwords = [password(database.owner, role, home) for role in _ROLES]
    wanted = [_fingerprint([*_definitions(tables()), *STATEMENTS]), _fingerprint(passwords)]
    with _allowed(database.owner), database.owner.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        known = _recorded(connection, database.owner)
        if known == wanted:
            return
        if not known:
            _check_free(connection)
        if known[:1] != wanted[:1]:
            _make(connection)
        for role in _ROLES:
            _login(connection, database.owner, role, home)
        for schema, role in _READS.items():
            _grant(connection, schema, role_name(database.owner, role))
        secure(connection, database.owner)
        connection.execute(text(f"COMMENT ON SCHEMA evidence IS '{' '.join(wanted)}'"))


def _check_free(connection: Connection) -> None:
    # What others keep under our names would be dropped with what is published, or shown to the public.
    taken = sorted(set(_READS) & set(inspect(connection).get_schema_names()))
    if taken:
        raise Refused(
            f"The database already has a schema called {' and '.join(taken)} that this service did not make: "
            "give the service a database of its own."
        )


def _make(connection: Connection) -> None:
    connection.execute(text("DROP SCHEMA IF EXISTS published CASCADE"))
    for schema in _READS:
        connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
    _follow(connection, METADATA)
    publish_all(connection)
    make_access_log(connection)


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
    """Every table of the product. They are made when first asked for, which two threads must not do at once."""
    for layer in LAYERS.values():
        table(layer)
        published_table(layer)
    return [*METADATA.sorted_tables, *PUBLISHED.sorted_tables]


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


def _follow(connection: Connection, metadata: MetaData) -> None:
    there = inspect(connection)
    old = [each for each in metadata.sorted_tables if there.has_table(each.name, schema=each.schema)]
    for each in old:
        _alter(
            connection,
            each,
            {found["name"]: found["type"] for found in there.get_columns(each.name, each.schema)},
        )
        for index in each.indexes:
            index.create(connection, checkfirst=True)
    metadata.create_all(connection)


def _alter(connection: Connection, each: Table, there: dict[str, TypeEngine[object]]) -> None:
    for column in each.columns:
        if column.name not in there:
            _add(connection, each, column)
        elif column.type.compile(connection.dialect) != there[column.name].compile(connection.dialect):
            raise Refused(
                f"The field {column.name} of {each.name} was {there[column.name]} and is now {column.type}: "
                "give the new field another name, or convert the column by hand."
            )
        if column.comment:
            connection.execute(SetColumnComment(column))
    for name in there:
        if name not in each.columns or each.columns[name].nullable:
            _execute(connection, "ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL", _name(each), sql.Identifier(name))
    _checks(connection, each)


def _add(connection: Connection, each: Table, column: Column[object]) -> None:
    kind = sql.SQL(column.type.compile(connection.dialect))
    # Rows that are there cannot have the new field, so it may be empty even where new rows must fill it.
    _execute(connection, "ALTER TABLE {} ADD COLUMN {} {}", _name(each), sql.Identifier(column.name), kind)


def _checks(connection: Connection, each: Table) -> None:
    for check in inspect(connection).get_check_constraints(each.name, each.schema):
        _execute(connection, "ALTER TABLE {} DROP CONSTRAINT {}", _name(each), sql.Identifier(str(check["name"])))
    for made in each.constraints:
        if isinstance(made, CheckConstraint):
            # NOT VALID: rows with a code that has since left the list stay.
            statement = AddConstraint(made, isolate_from_table=False).compile(connection)
            connection.exec_driver_sql(f"{statement} NOT VALID")


def _login(connection: Connection, owner: Engine, role: DatabaseRole, home: Path) -> None:
    name = role_name(owner, role)
    known = connection.execute(text("SELECT true FROM pg_roles WHERE rolname = :name"), {"name": name}).scalar()
    verb = "ALTER" if known else "CREATE"
    login = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
    connection.connection.cursor().execute(login.format(sql.Identifier(name), sql.Literal(password(owner, role, home))))
    # They look, and leave nothing behind.
    _execute(connection, "ALTER ROLE {} SET default_transaction_read_only = on", sql.Identifier(name))
    _execute(connection, "REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", sql.Identifier(str(owner.url.database)))


def let_read(connection: Connection, owner: Engine, schema: str, role: DatabaseRole) -> None:
    """Let a role read every table of a schema, those to come too, and do nothing else."""
    _grant(connection, schema, role_name(owner, role))


def _grant(connection: Connection, schema: str, name: str) -> None:
    for grant in (
        "GRANT USAGE ON SCHEMA {} TO {}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT SELECT ON TABLES TO {}",
    ):
        _execute(connection, grant, sql.Identifier(schema), sql.Identifier(name))


def _name(each: Table) -> sql.Identifier:
    return sql.Identifier(str(each.schema), each.name)


def _execute(connection: Connection, statement: str, *parts: sql.Composable) -> None:
    connection.connection.cursor().execute(sql.SQL(statement).format(*parts))
