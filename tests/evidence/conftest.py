"""Rows that any layer takes, made from its record, and the way they come in."""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotated_types import Ge, Le, MaxLen
from pydantic.fields import FieldInfo
from sqlalchemy import select

from evidence import PUBLIC, Database, Report, Target, connect, ingest, layer_target, prepare, publish, visible
from layers._layer import Layer, Shown, codes, metadata, optional, plain
from layers._registry import LAYERS

Row = dict[str, Any]
EvidenceOf = Callable[..., list[Row]]
Bring = Callable[..., Report]
Kept = Callable[[Database, Target], list[Row]]
Rejected = Callable[[Report], list[dict[str, str]]]

FIRST_DAY, DAYS, TODAY = date(2024, 1, 1), 800, date(2026, 6, 30)
WORDS = ["bins", "“again”", 'a "quoted" word', "semi;colon", "comma, and", "line\nbreak", "50%", "Ünïcode", "it's"]


@pytest.fixture(scope="session")
def evidence_of() -> EvidenceOf:
    """Make rows of a layer that its record allows, most of them in the small world's estates, some with no place."""

    def make(layer: Layer, count: int, seed: int = 1) -> list[Row]:
        random = np.random.default_rng(seed)
        return [_row(layer, f"{seed}/{number:05d}", random) for number in range(count)]

    return make


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write bytes to a file of that name."""

    def small_world(content: bytes, name: str = "evidence.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return small_world


@pytest.fixture
def bring(tmp_path: Path) -> Bring:
    """Write rows to a CSV file and load it; a column for each name that any row has. Shown layers are published."""

    def load(database: Database, into: Layer | Target, rows: Iterable[Row], **options: Any) -> Report:
        target = layer_target(into) if isinstance(into, Layer) else into
        file = tmp_path / f"{target.name}.csv"
        write_csv(file, list(rows))
        report = ingest(database, target, file, today=TODAY, **options)
        if target.layer in visible(PUBLIC) and not options.get("dry_run"):
            publish(database, tmp_path)
        return report

    return load


@pytest.fixture(scope="session")
def settled(
    world_template: str,
    fresh_database: Callable[[str], AbstractContextManager[str]],
    evidence_of: EvidenceOf,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    """The small world with 120 rows in every layer, shared by all tests: none may change it."""
    folder = tmp_path_factory.mktemp("settled")
    with fresh_database(world_template) as url:
        database = connect(url, folder)
        prepare(database, folder)
        for layer in LAYERS.values():
            file = folder / f"{layer.id}.csv"
            # Not in the order of their references, which nobody may rely on.
            write_csv(file, evidence_of(layer, 120)[::-1])
            ingest(database, layer_target(layer), file, today=TODAY)
        publish(database, folder)
        yield database
        database.close()


@pytest.fixture
def bring_file(tmp_path: Path) -> Bring:
    """Write a file as it stands, and load it."""

    def load(database: Database, into: Target, content: str | bytes, name: str = "file.csv", **options: Any) -> Report:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return ingest(database, into, file, **{"today": TODAY, **options})

    return load


@pytest.fixture
def stored_rows() -> Kept:
    """Read what a target's table holds, in the order of its key."""

    def read(database: Database, target: Target) -> list[Row]:
        names = [target.table.c[name] for name in target.columns]
        with database.owner.connect() as connection:
            rows = connection.execute(select(*names)).mappings()
            return sorted(map(dict, rows), key=lambda row: str(row[target.key]))

    return read


@pytest.fixture
def rejected() -> Rejected:
    """Read the rows that a load refused: row, field and reason, and their own values by column."""

    def read(report: Report) -> list[dict[str, str]]:
        if report.rejects is None:
            return []
        with report.rejects.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
            return list(csv.DictReader(file))

    return read


def write_csv(file: Path, rows: list[Row]) -> None:
    """Write rows as a CSV file in UTF-8."""
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)


def _row(layer: Layer, reference: str, random: np.random.Generator) -> Row:
    day = FIRST_DAY + timedelta(days=int(random.integers(DAYS)))
    fields = layer.record.model_fields.items()
    row = {name: _value(field, day, random) for name, field in fields} | {"reference": reference}
    if isinstance(layer.disclosure, Shown) and layer.disclosure.place:
        row[layer.disclosure.place] = True
    return row | _place(random)


def _place(random: np.random.Generator) -> Row:
    if random.random() < 0.1:
        return {}
    # To the metre, so that some lie on the estates' edges.
    x, y = random.integers(484500, 488500), random.integers(235500, 238500)
    return {"easting": int(x), "northing": int(y)}


def _value(field: FieldInfo, day: date, random: np.random.Generator) -> Any:
    if optional(field) and random.random() < 0.2:
        return None
    limits = {type(item): item for item in metadata(field)}
    low, high = limits.get(Ge, Ge(0)).ge, limits.get(Le, Le(50)).le
    kinds: dict[Any, Callable[[], Any]] = {
        # All dates of a row are one day, so that none is before another.
        date: lambda: day,
        bool: lambda: bool(random.integers(2)),
        int: lambda: int(random.integers(low, high)),
        float: lambda: round(float(random.uniform(low, high)), 2),
        str: lambda: " ".join(random.choice(WORDS, 3))[: limits.get(MaxLen, MaxLen(100)).max_length],
    }
    return str(random.choice(codes(field))) if codes(field) else kinds[plain(field)]()
