"""Alters tables that are there until they are what their definitions say. Nothing that is in them is lost.

The definitions are made as empty tables in a schema of their own, so that PostgreSQL itself says how it writes a
default, a generated column or an index, and both can be compared word for word.
"""

from collections.abc import Mapping
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from psycopg import sql
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Connection,
    Inspector,
    MetaData,
    Table,
    func,
    inspect,
    not_,
    or_,
    select,
)
from sqlalchemy.schema import AddConstraint, CreateSchema, DropSchema, SetColumnComment

from geo.errors import Refused

FOLLOWS = "follows a record"
"""Key of `Table.info`: its columns come and go with a record; other tables are changed by migrations."""

_WANTED = "wanted"


def alter_tables(connection: Connection, metadata: MetaData) -> None:
    """Make what is missing of the tables that follow a record, and alter what has changed, in all tables.

    A column gets its default, its NOT NULL where no row stands against it, and its expression; one that went keeps
    its values and may be empty. Indexes and checks that have changed are made anew. A row that has a code which has
    left its list keeps it, and can be changed otherwise.

    Raises
    ------
    Refused
        A field has changed its type, or a table is not one that the migrations made.
    """
    schema = str(metadata.schema)
    there = inspect(connection)
    new = [each for each in metadata.sorted_tables if FOLLOWS in each.info and not there.has_table(each.name, schema)]
    metadata.create_all(connection, new, checkfirst=False)
    connection.execute(CreateSchema(_WANTED))
    _create_wanted(connection, metadata)
    found, wanted = inspect(connection), Operations(MigrationContext.configure(connection))
    for each in metadata.sorted_tables:
        if each not in new:
            _alter(connection, wanted, found, each)
    connection.execute(DropSchema(_WANTED, cascade=True))


def _create_wanted(connection: Connection, metadata: MetaData) -> None:
    # In place: a connection's options are its own, and hold until they are set again.
    connection.execution_options(schema_translate_map={metadata.schema: _WANTED})
    metadata.create_all(connection, checkfirst=False)
    connection.execution_options(schema_translate_map=None)


def _alter(connection: Connection, operations: Operations, found: Inspector, each: Table) -> None:
    schema = str(each.schema)
    if not found.has_table(each.name, schema):
        raise Refused(_not_migrated(each, "is not there"))
    there = {column["name"]: column for column in found.get_columns(each.name, schema)}
    wanted = {column["name"]: column for column in found.get_columns(each.name, _WANTED)}
    if FOLLOWS in each.info:
        _alter_columns(connection, operations, each, there, wanted)
    elif missing := wanted.keys() - there.keys():
        raise Refused(_not_migrated(each, f"has no column {', '.join(sorted(missing))}"))
    known = {name: column["comment"] for name, column in there.items()}
    for column in each.columns:
        if column.comment and column.comment != known.get(column.name):
            connection.execute(SetColumnComment(column))
    _alter_indexes(connection, found, each)
    _alter_checks(connection, found, each)


def _not_migrated(each: Table, what: str) -> str:
    return (
        f"The table {each.fullname} {what}: this database was made by something else than a released version of the "
        "service. Restore a backup, or begin with another database."
    )


def _alter_columns(
    connection: Connection, operations: Operations, each: Table, there: Mapping[str, Any], wanted: Mapping[str, Any]
) -> None:
    name, schema = each.name, str(each.schema)
    for column in each.columns:
        known, want = there.get(column.name), wanted[column.name]
        if known and _type(connection, known) != _type(connection, want):
            raise Refused(
                f"The field {column.name} of {name} was {known['type']} and is now {want['type']}: "
                "give the new field another name, or convert the column by hand."
            )
        if known and known.get("computed") != want.get("computed"):
            # What is computed from other columns is lost by nobody.
            operations.drop_column(name, column.name, schema=schema)
            known = None
        if known is None:
            operations.add_column(name, _as_nullable(column), schema=schema)
        elif "computed" not in want and known["default"] != want["default"]:
            operations.alter_column(name, column.name, schema=schema, server_default=column.server_default)
        _alter_null(connection, each, column.name, want["nullable"])
    for gone in there.keys() - wanted.keys():
        _alter_null(connection, each, gone, True)


def _type(connection: Connection, column: Any) -> str:
    return str(column["type"].compile(connection.dialect))


def _as_nullable(column: Column[Any]) -> Column[Any]:
    # Rows that are there cannot have the new field: whether it must be filled is settled after.
    if column.computed is not None:
        return Column(column.name, column.type, Computed(column.computed.sqltext, column.computed.persisted))
    return Column(column.name, column.type, server_default=column.server_default)


def _alter_null(connection: Connection, each: Table, column: str, nullable: bool) -> None:
    if column in each.primary_key.columns:
        return
    empty = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {} IS NULL)").format(_name(each), sql.Identifier(column))
    if not nullable and connection.connection.cursor().execute(empty).fetchone()[0]:
        return
    verb = sql.SQL("DROP" if nullable else "SET")
    _execute(connection, "ALTER TABLE {} ALTER COLUMN {} {} NOT NULL", _name(each), sql.Identifier(column), verb)


def _alter_indexes(connection: Connection, found: Inspector, each: Table) -> None:
    there, wanted = (
        {index["name"]: index for index in found.get_indexes(each.name, schema)}
        for schema in (str(each.schema), _WANTED)
    )
    for index in each.indexes:
        known = there.get(index.name)
        if known is not None and known != wanted[index.name]:
            index.drop(connection)
        if known != wanted[index.name]:
            index.create(connection)


def _alter_checks(connection: Connection, found: Inspector, each: Table) -> None:
    for old in found.get_check_constraints(each.name, each.schema):
        _execute(connection, "ALTER TABLE {} DROP CONSTRAINT {}", _name(each), sql.Identifier(str(old["name"])))
    for check in [check for check in each.constraints if isinstance(check, CheckConstraint)]:
        # NOT VALID: rows that were taken by another rule stay.
        statement = AddConstraint(_lenient(connection, each, check), isolate_from_table=False).compile(connection)
        connection.exec_driver_sql(f"{statement} NOT VALID")


def _lenient(connection: Connection, each: Table, check: CheckConstraint) -> CheckConstraint:
    """The check, but for rows of imports up to the last that brought one which it would not take now.

    PostgreSQL asks the checks of a row at every change, also of another column, as when its estate is found anew.
    """
    if FOLLOWS not in each.info or "import_id" not in each.c:
        return check
    taken = connection.scalar(select(func.max(each.c.import_id)).where(not_(check.sqltext)))
    if taken is None:
        return check
    lenient = CheckConstraint(or_(check.sqltext, each.c.import_id <= taken))
    Table(each.name, MetaData(), schema=each.schema).append_constraint(lenient)
    return lenient


def _name(each: Table) -> sql.Identifier:
    return sql.Identifier(str(each.schema), each.name)


def _execute(connection: Connection, statement: str, *parts: sql.Composable) -> None:
    connection.connection.cursor().execute(sql.SQL(statement).format(*parts))
