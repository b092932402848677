"""The data version of each layer and of the survey: another text at every change, never one that was there before."""

from sqlalchemy import BigInteger, Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from evidence.tables import VERSIONS


def renew(connection: Connection, what: str) -> None:
    """Give a layer, by its id, or the survey a new version.

    The clock, not a counter: a database made anew must not repeat old versions.
    """
    now = func.to_hex((func.extract("epoch", func.clock_timestamp()) * 1_000_000).cast(BigInteger))
    statement = insert(VERSIONS).values(layer=what, version=now)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["layer"], set_={"version": statement.excluded.version})
    )


def versions(connection: Connection) -> dict[str, str]:
    """The version of every layer that has rows, by id, and of the survey."""
    return {row.layer: row.version for row in connection.execute(select(VERSIONS))}
