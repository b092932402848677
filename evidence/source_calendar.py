"""Reads what is loaded of every month of a layer."""

from datetime import date

from sqlalchemy import Connection, func, select

from evidence.calendar import Calendar, calendar
from evidence.frames import fetch
from evidence.tables import MONTH_NOTES, table
from layers._layer import Layer


def read_calendar(connection: Connection, layer: Layer, until: date | None = None) -> Calendar:
    """Which months of a layer are loaded whole, in part, twice or not at all.

    Parameters
    ----------
    connection
        Of a role that reads every row: of a patch alone, a month would look quieter than it was.
    until
        Nothing after this day is looked at; None for all that there is.
    """
    source = table(layer)
    happened = source.c[layer.happened]
    # Whatever a row says, but for what it is called and when it came.
    told = [source.c[name] for name in layer.record.model_fields if name != "reference"]
    same = [*told, *(source.c[name] for name in ("uprn", "postcode", "easting", "northing", "estate_said"))]
    first, last = (edge(source.c.import_id).over(partition_by=same) for edge in (func.min, func.max))
    query = select(happened.label("happened"), (first != last).label("twin"))
    rows = fetch(connection, query if until is None else query.where(happened <= until))
    noted = select(MONTH_NOTES.c.month, MONTH_NOTES.c.says).where(MONTH_NOTES.c.layer == layer.id)
    # The latest note on a month holds.
    notes = {row.month: row.says for row in connection.execute(noted.order_by(MONTH_NOTES.c.id))}
    empty = [month for month, says in notes.items() if says == "empty"]
    changed = [month for month, says in notes.items() if says == "changed" and (until is None or month <= until)]
    return calendar(rows["happened"], twins=rows["twin"], empty=empty, changed=max(changed, default=None))
