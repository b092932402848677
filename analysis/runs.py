"""Keeps what runs of the analyses found, by the hash of what they were made from."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from importlib.metadata import version
from typing import Any, Generic, TypeVar

import orjson
from sqlalchemy import Column, DateTime, Table, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from evidence import Database, NotVisible, Viewer, visible
from evidence.cache import Key
from evidence.database import PLANS
from layers._layer import Layer
from layers._registry import LAYERS

RUNS = Table(
    "run",
    PLANS,
    Column("id", Text, primary_key=True, comment="Hash of the record"),
    Column("subject", Text, nullable=False, comment="Layer id, or 'priorities'"),
    Column("made", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("record", JSONB, nullable=False, comment="All that the result depends on"),
    Column("result", Text, nullable=False, comment="What was found, as JSON: the same record gives the same bytes"),
    comment="Every run of an analysis; the latest of a subject is the one shown",
)


_PARSED = 5
"""How many times the room of its JSON a result takes once it is parsed; the demonstration's take 3."""


@dataclass(frozen=True)
class Run:
    """What was found, and from what."""

    record: Mapping[str, Any]
    """All that the result depends on, as `record` gives it."""
    result: Mapping[str, Any]

    @cached_property
    def id(self) -> str:
        """The hash of the record."""
        return identifier(self.record)

    @property
    def as_bytes(self) -> bytes:
        """The result as JSON; what is infinite or unknown is null."""
        return orjson.dumps(self.result, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY)


Found = TypeVar("Found")


@dataclass(frozen=True)
class Kept(Generic[Found]):
    """What a run found, as it is kept in memory."""

    run: str
    found: Found
    nbytes: int


@dataclass(frozen=True)
class ResultKey(Key[Kept[Found]]):
    """Of which runs the latest is wanted, and what is made of its JSON."""

    subject: str
    as_of: date | None
    parse: Callable[[str], Found]


def identifier(record: Mapping[str, Any]) -> str:
    """The hash of a record."""
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def record(
    subject: str,
    data: Any,
    layers: Iterable[Layer],
    parameters: Mapping[str, Any],
    *,
    seed: int,
    as_of: date | None,
) -> dict[str, Any]:
    """All that a result depends on: the same record gives the same bytes, on any machine.

    Parameters
    ----------
    data
        The data versions of what is read.
    layers
        Those that are read; their definitions are part of it.
    """
    return {
        "subject": subject,
        "data": data,
        "as_of": as_of.isoformat() if as_of else None,
        "layers": {layer.id: definition(layer) for layer in layers},
        "parameters": dict(parameters),
        "seed": seed,
        "versions": versions(),
    }


def definition(layer: Layer) -> dict[str, Any]:
    """What results depend on of a layer beside its rows, as JSON can say it."""
    values = {
        name: {field: sorted(map(str, codes)) for field, codes in getattr(layer, name).items()}
        for name in ("severe", "unprompted")
    }
    return {
        "themes": {category: str(layer.theme(category)) for category in layer.categories},
        "happened": layer.happened,
        "role": layer.role,
        "anonymised_points": bool(layer.anonymised_points),
        "cell_width_metres": layer.cell_width,
        **values,
    }


@cache
def versions() -> dict[str, str]:
    """The versions of the product and of the libraries that calculate."""
    return {name: version(name) for name in ("priorities", "numpy", "polars", "scipy", "shapely")}


def save_run(database: Database, run: Run) -> None:
    """Keep a run. One that is there already becomes the latest of its subject."""
    values = {"id": run.id, "subject": run.record["subject"], "record": run.record, "result": run.as_bytes.decode()}
    statement = insert(RUNS).values(values)
    with database.owner.begin() as connection:
        connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_={"made": func.clock_timestamp()})
        )


def latest_run(
    database: Database, viewer: Viewer, subject: str, as_of: date | None = None
) -> tuple[str, dict[str, Any]] | None:
    """Identifier and result of the latest run of a subject, of all that there is or as of a day; None without one.

    Raises
    ------
    NotVisible
        The viewer is the public, or may not see the layer.
    """
    return latest_result(database, viewer, ResultKey(subject, as_of, orjson.loads))


def latest_result(database: Database, viewer: Viewer, key: ResultKey[Found]) -> tuple[str, Found] | None:
    """As `latest_run`, and the result made of its JSON as the key says."""
    if viewer.role == "public" or (key.subject in LAYERS and LAYERS[key.subject] not in visible(viewer)):
        raise NotVisible(key.subject)
    day = RUNS.c.record["as_of"].astext.is_not_distinct_from(key.as_of and key.as_of.isoformat())
    of_subject = select(RUNS.c.id).where(RUNS.c.subject == key.subject, day)
    with database.reader(viewer).connect() as connection:
        run = connection.scalar(of_subject.order_by(RUNS.c.made.desc()).limit(1))
    if run is None:
        return None
    kept = database.cache.large.get(key, lambda: _read_result(database, viewer, key, run), lambda kept: kept.run == run)
    return run, kept.found


def _read_result(database: Database, viewer: Viewer, key: ResultKey[Found], run: str) -> Kept[Found]:
    with database.reader(viewer).connect() as connection:
        text = connection.scalar(select(RUNS.c.result).where(RUNS.c.id == run)) or "{}"
    return Kept(run, key.parse(text), _PARSED * len(text))


def find_run(database: Database, viewer: Viewer, identifier: str) -> tuple[datetime, dict[str, Any]] | None:
    """When a run was made, and its record; None if there is no such run.

    Raises
    ------
    NotVisible
        The viewer is the public, or has a key for some layers only.
    """
    if viewer.role == "public" or viewer.layers is not None:
        raise NotVisible(identifier)
    with database.reader(viewer).connect() as connection:
        found = connection.execute(select(RUNS.c.made, RUNS.c.record).where(RUNS.c.id == identifier)).first()
    return (found.made, found.record) if found else None
