"""What is published, as anybody may read it, and the list of publications."""

from typing import Any

from sqlalchemy import Row, select

from evidence.database import PUBLIC, Database, NotVisible, Viewer
from evidence.disclosure.figures import Level
from evidence.disclosure.ledger import publication_entries
from evidence.published_tables import FIGURE, PUBLICATION
from layers._layer import Hidden, Layer


def publications(database: Database) -> list[Row[Any]]:
    """Every publication, newest first: id, at, who, versions, boundary_set, rules, figures, withheld."""
    with database.owner.connect() as connection:
        return publication_entries(connection)


def latest_publication(database: Database) -> dict[str, Any] | None:
    """Number, time and rules of what is published now, for anybody; None before the first time."""
    with database.public.connect() as connection:
        row = connection.execute(select(PUBLICATION)).mappings().first()
    return {str(name): value for name, value in row.items()} if row else None


def published_figures(
    database: Database, viewer: Viewer, layer: Layer, level: Level | None = None, area: str | None = None
) -> list[dict[str, Any]]:
    """The published figures of a counted layer, as the public has them, whoever asks.

    Returns
    -------
    For each subject, level, area, first, last: name, homes, count and rate (per 1,000 homes), which are None where they
    are withheld, and withheld: why, in words; empty where it is not. Empty for a layer that is not counted.

    Raises
    ------
    NotVisible
        The public may see nothing of the layer.
    """
    if isinstance(layer.disclosure, Hidden):
        raise NotVisible(layer.id)
    query = select(FIGURE).where(FIGURE.c.layer == layer.id)
    query = query if level is None else query.where(FIGURE.c.level == level)
    query = query if area is None else query.where(FIGURE.c.area == area)
    # Whoever asks sees what the public sees: an officer, too, checks on a page what has been published.
    with database.reader(PUBLIC).connect() as connection:
        rows = connection.execute(query.order_by(*FIGURE.primary_key.columns)).mappings()
        return [{str(name): value for name, value in row.items()} for row in rows]
