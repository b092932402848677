"""Which rows the officers' role reads: those of the patch that its transaction names, and without one none.

This keeps a page from showing what it forgot to filter. It is no wall against somebody who already runs statements
of their own as that role: they could name another patch.
"""

from psycopg import sql
from sqlalchemy import Connection, Engine, Table

from evidence.database import EVERY, PATCH, role_name
from evidence.tables import EVIDENCE, table
from layers._registry import LAYERS

# The setting is empty, not missing, in a connection that has named a patch before. Both questions are put in
# sub-selects, which are answered once a statement and not once a row.
_OF_PATCH = """
    (SELECT current_setting({patch}, true) = {every}) OR estate IN (
        SELECT unnest(nullif(nullif(current_setting({patch}, true), {every}), '')::text[]))"""

STATEMENTS = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS of_patch ON {table}",
    "DROP POLICY IF EXISTS counted ON {table}",
    "CREATE POLICY of_patch ON {table} FOR SELECT TO {officer} USING (" + _OF_PATCH + ")",
    "CREATE POLICY counted ON {table} FOR SELECT TO {analyst} USING (true)",
    "GRANT SELECT ON {table} TO {officer}",
)
_BEFORE = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA evidence FROM {officer}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA evidence REVOKE ALL ON TABLES FROM {officer}",
    "GRANT USAGE ON SCHEMA evidence TO {officer}",
)


def of_estates() -> list[Table]:
    """Every table of the evidence that holds single things of an estate: layers, survey, homes."""
    for layer in LAYERS.values():
        table(layer)
    return [each for each in EVIDENCE.sorted_tables if "estate" in each.c]


def secure(connection: Connection, owner: Engine) -> None:
    """Let the officers' role read these tables by patch and nothing else, and the analyst's role all their rows."""
    cursor = connection.connection.cursor()
    officer, analyst = (sql.Identifier(role_name(owner, role)) for role in ("officer", "analyst"))
    words = {"officer": officer, "analyst": analyst, "patch": sql.Literal(PATCH), "every": sql.Literal(EVERY)}
    for statement in _BEFORE:
        cursor.execute(sql.SQL(statement).format(**words))
    for each in of_estates():
        for statement in STATEMENTS:
            cursor.execute(sql.SQL(statement).format(table=sql.Identifier(str(each.schema), each.name), **words))
