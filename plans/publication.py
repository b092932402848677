"""What is published of the plans, beside the figures: what comes first where, satisfaction, and what is done.

Of the priorities the order alone is published, with what is tied and what is surely first: no score, for it is made of
counts that are not rounded. The measures are those of a whole financial year, as the regulator has them published; for
an estate they are rounded as counts are, and only given where enough tenants answered.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, Double, Integer, Table, Text, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from analysis.priorities import Prioritised, latest_priorities
from analysis.ranking import SURELY
from analysis.satisfaction import Measure, Satisfaction, satisfaction
from evidence import Database, Difference, Viewer, log_access, publications
from evidence import publish as publish_layers
from evidence.published_tables import PUBLISHED
from plans.replies import replies

PRIORITY = Table(
    "priority",
    PUBLISHED,
    Column("estate", Text, primary_key=True),
    Column("theme", Text, primary_key=True),
    Column("rank", Integer, nullable=False, comment="1 is first; themes that cannot be told apart have the same"),
    Column("tied", Boolean, nullable=False),
    Column("sure", Boolean, nullable=False, comment="It comes first however chance falls, in at least 90 of 100 draws"),
)

MEASURE = Table(
    "measure",
    PUBLISHED,
    Column("estate", Text, primary_key=True, comment="Empty for the landlord"),
    Column("code", Text, primary_key=True, comment="The regulator's"),
    Column("title", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("value", Double),
    Column("n", Integer, nullable=False),
    *(Column(name, Double, comment="In 95 of 100 such surveys the value lies between") for name in ("low", "high")),
    Column("note", Text, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False, comment="First day of the last month"),
)

RUN = Table(
    "run",
    PUBLISHED,
    Column("id", Text, primary_key=True, comment="Of the priorities"),
    Column("sources", JSONB, nullable=False, comment="The last complete month of each source"),
    Column("weights", JSONB, nullable=False, comment="Who set them, when and why"),
    Column("synthetic", Boolean, nullable=False),
)

REPLY = Table(
    "reply",
    PUBLISHED,
    Column("id", Integer, primary_key=True, autoincrement=False),
    *(Column(name, Text, nullable=False) for name in ("estate", "theme", "said", "did", "status")),
    Column("since", Date, nullable=False),
)

_ROUNDED = 5
_ANALYST = Viewer("officer", "publication")


def publish(
    database: Database,
    home: Path,
    *,
    today: date,
    dry_run: bool = False,
    who: str = "",
    step: Callable[[str], None] = lambda said: None,
) -> list[Difference]:
    """Publish everything that the public may see, in one transaction, or nothing.

    Returns
    -------
    How each counted layer's figures differ from those of the last publication.

    Raises
    ------
    Refused
        The rules cannot be read, or something could be worked out from what would be published.
    """
    rows = dict(_rows(database, today))
    found = publish_layers(database, home, dry_run=dry_run, who=who, step=step, also=lambda into: _fill(into, rows))
    if not dry_run:
        made = publications(database)[0]
        about = {"publication": made.id, "figures": made.figures, "withheld": made.withheld}
        log_access(database, Viewer("administrator", made.who), "published", about)
    return found


def _rows(database: Database, today: date) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    run, found = latest_priorities(database, _ANALYST) or ("", None)
    if found:
        yield PRIORITY, list(_order(found))
        yield RUN, [_run_row(run, found)]
    yield REPLY, list(_replies(database, made_up=bool(found and found.synthetic)))
    yield MEASURE, list(_measures(satisfaction(database, _ANALYST, today=today, year=_financial_year(today))))


def _financial_year(today: date) -> int:
    """The year in which the last complete financial year ended."""
    return today.year if today >= date(today.year, 4, 1) else today.year - 1


def _order(found: Prioritised) -> Iterator[dict[str, Any]]:
    for each in found.estates.values():
        for theme in each.ranking.themes if each.ranking else ():
            sure = theme.rank == 1 and theme.first >= SURELY
            yield {
                "estate": each.code,
                "theme": str(theme.theme),
                "rank": theme.rank,
                "tied": theme.tied,
                "sure": sure,
            }


def _run_row(run: str, found: Prioritised) -> dict[str, Any]:
    sources = {each.id: each.last.isoformat() for each in found.sources if each.last}
    return {
        "id": run,
        "sources": sources,
        "weights": found.weighed.model_dump(mode="json"),
        "synthetic": found.synthetic,
    }


def _measures(found: Satisfaction) -> Iterator[dict[str, Any]]:
    period = {"first": found.first, "last": found.last}
    for each in found.landlord:
        yield {"estate": "", **_measure_row(each), **period}
    for code, measures in found.estates.items():
        for each in measures:
            if each.value is not None:
                yield {"estate": code, **_rounded_measure(_measure_row(each)), **period}


def _measure_row(measure: Measure) -> dict[str, Any]:
    low, high = measure.interval or (None, None)
    own = {name: getattr(measure, name) for name in ("code", "title", "measure", "value", "n", "note")}
    return own | {"low": low, "high": high}


def _rounded_measure(told: dict[str, Any]) -> dict[str, Any]:
    to = ("value", "n", "low", "high")
    return told | {name: _ROUNDED * round(told[name] / _ROUNDED) for name in to if told[name] is not None}


def _replies(database: Database, *, made_up: bool) -> Iterator[dict[str, Any]]:
    # Those of the demonstration go with its evidence.
    told = REPLY.columns.keys()
    for row in replies(database, _ANALYST):
        if made_up or not row.synthetic:
            yield {name: row._mapping[name] for name in told}


def _fill(connection: Connection, rows: dict[Table, list[dict[str, Any]]]) -> None:
    for table, made in rows.items():
        if made:
            connection.execute(insert(table), made)


def published(database: Database, table: Table, **equal: str) -> list[dict[str, Any]]:
    """Rows of a published table, in its order, as anybody may see them; none before the first publication."""
    query = select(table).where(*(table.c[name] == value for name, value in equal.items()))
    with database.public.connect() as connection:
        rows: Iterable[Any] = connection.execute(query.order_by(*table.primary_key.columns)).mappings()
        return [{str(name): value for name, value in row.items()} for row in rows]


def is_synthetic(database: Database) -> bool:
    """Whether anything of what is published was made from made-up evidence."""
    return any(row["synthetic"] for row in published(database, RUN))
