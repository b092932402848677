"""Open data: every published table as CSV and GeoJSON, with its licence, rule and date."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

import geopandas as gpd
import orjson
from fastapi import APIRouter, Request
from shapely import to_geojson
from starlette.responses import JSONResponse, Response, StreamingResponse

from api.asking import DatabaseOf
from api.errors import NotFound
from api.geojson import GeoJSON
from evidence import PUBLIC, Database, Selection, areas, items, latest_publication, published_figures, visible
from layers._layer import Layer, Shown
from plans.publication import MEASURE, PRIORITY, REPLY, is_synthetic, published
from web.estate_report import COUNTED
from web.page import page

router = APIRouter(include_in_schema=False, prefix="/open-data")

LICENCE = "Open Government Licence v3.0"
_LICENCE_ADDRESS = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_BLOCK = 10_000
"""Rows that are in memory at a time: police records of five years are 150,000."""

Blocks = Iterable[Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Dataset:
    """A published table."""

    id: str
    title: str
    about: str
    rows: Callable[[Database], Blocks]
    area: str = "estate"
    """The column that names the area by its code."""
    licence: str = LICENCE


def _figures(layer: Layer) -> Dataset:
    told = "Counts by estate, ward and for the district, by theme and period; rounded, and withheld where they are few."
    return Dataset(
        f"figures-{layer.id}",
        f"{layer.title}: figures",
        told,
        lambda database: [published_figures(database, PUBLIC, layer)],
        "area",
    )


def _records(layer: Layer) -> Dataset:
    about = " ".join(filter(None, [layer.record.__doc__, layer.anonymised_points]))
    return Dataset(
        layer.id, layer.title, about, lambda database: _shown_records(database, layer), licence=layer.licence
    )


def _shown_records(database: Database, layer: Layer) -> Iterator[list[dict[str, Any]]]:
    # No transaction stays open while a slow visitor reads: the next publication would have to wait for it.
    begun = latest_publication(database)
    for offset in count(0, _BLOCK):
        found = items(database, PUBLIC, layer, Selection(), limit=_BLOCK, offset=offset)
        if latest_publication(database) != begun:
            # What has been sent is cut off, so that nobody takes a mixture for a file.
            raise RuntimeError(f"The records of {layer.id} were published anew while they were read.")
        yield found.rows
        if offset + _BLOCK >= found.matched:
            return


DATASETS = {
    each.id: each
    for each in (
        *(_figures(layer) for layer in COUNTED),
        Dataset(
            "priorities",
            "Priorities",
            "The themes of every estate in order, and which cannot be told apart.",
            lambda database: [published(database, PRIORITY)],
        ),
        Dataset(
            "measures",
            "Tenant Satisfaction Measures",
            "Of the landlord, and rounded of estates where enough tenants answered.",
            lambda database: [published(database, MEASURE)],
        ),
        Dataset(
            "replies",
            "You said, we did",
            "What residents said, as officers have written it, and what is done about it.",
            lambda database: [published(database, REPLY)],
        ),
        *(_records(layer) for layer in visible(PUBLIC) if isinstance(layer.disclosure, Shown)),
    )
}
"""Every published table, by the name of its files."""


@router.get("")
def open_data(request: Request, database: DatabaseOf) -> Response:
    """What there is to take away, by which rule, and since when."""
    last = latest_publication(database)
    frame = areas(database, PUBLIC)
    return page(
        request,
        "open_data.html",
        datasets=DATASETS.values(),
        last=last,
        rules=last["rules"]["rules"] if last else None,
        licence_address=_LICENCE_ADDRESS,
        attribution=frame.attrs["attribution"],
        indicative=frame.attrs["indicative"],
        synthetic=is_synthetic(database),
    )


@router.get("/{name}.csv")
def csv_file(database: DatabaseOf, name: str) -> Response:
    """A table as CSV; what it is, is in the JSON beside it, as CSV on the Web has it."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-cache"}
    written = _csv_text(_dataset(name).rows(database), is_synthetic(database))
    return StreamingResponse(written, media_type="text/csv; charset=utf-8", headers=headers)


def _csv_text(blocks: Blocks, synthetic: bool) -> Iterator[str]:
    # A byte order mark, without which Excel does not read UTF-8.
    yield "\ufeff"
    headed = False
    for rows in filter(None, blocks):
        written = io.StringIO()
        writer = csv.DictWriter(written, [*rows[0], "synthetic"])
        if not headed:
            writer.writeheader()
            headed = True
        writer.writerows(_safe({**row, "synthetic": synthetic}) for row in rows)
        yield written.getvalue()


def _safe(row: Mapping[str, Any]) -> dict[str, Any]:
    """Text that a spreadsheet would take for a formula is kept from being one."""
    return {
        name: f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
        for name, value in row.items()
    }


@router.get("/{name}.csv-metadata.json")
def csv_metadata(database: DatabaseOf, name: str) -> Response:
    """What a table is: title, licence, attribution, rule and date (W3C CSV on the Web)."""
    about = _csvw_properties(database, _dataset(name))
    return JSONResponse({"@context": "http://www.w3.org/ns/csvw", "url": f"{name}.csv", **about})


@router.get("/{name}.geojson")
def geojson_file(database: DatabaseOf, name: str) -> Response:
    """A table as GeoJSON, each row with its area or its place."""
    found = _dataset(name)
    shapes = _shapes(areas(database, PUBLIC))
    about = orjson.dumps({"type": "FeatureCollection", **_csvw_properties(database, found)})
    features = _features(found, found.rows(database), shapes)
    return StreamingResponse(chain([about[:-1], b',"features":['], features, [b"]}"]), media_type=GeoJSON.media_type)


def _features(found: Dataset, blocks: Blocks, shapes: Mapping[str, Any]) -> Iterator[bytes]:
    between = b""
    for rows in filter(None, blocks):
        yield between + b",".join(orjson.dumps(_feature(row, found, shapes)) for row in rows)
        between = b","


def _dataset(name: str) -> Dataset:
    if name not in DATASETS:
        raise NotFound(f"There is no table {name}: there are {', '.join(DATASETS)}.")
    return DATASETS[name]


def _csvw_properties(database: Database, found: Dataset) -> dict[str, Any]:
    last = latest_publication(database)
    frame = areas(database, PUBLIC)
    return {
        "dc:title": found.title,
        "dc:description": found.about,
        "dc:license": found.licence,
        "dc:rights": frame.attrs["attribution"],
        "dc:issued": last["at"].isoformat() if last else None,
        "rule": last["rules"]["rules"] if last else None,
        "synthetic": is_synthetic(database),
        "indicative": frame.attrs["indicative"],
    }


def _shapes(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    return {code: orjson.loads(to_geojson(shape)) for code, shape in zip(frame["code"], frame.geometry, strict=True)}


def _feature(row: Mapping[str, Any], found: Dataset, shapes: Mapping[str, Any]) -> dict[str, Any]:
    own = dict(row)
    place = [own.pop(axis, None) for axis in ("longitude", "latitude")]
    point = {"type": "Point", "coordinates": place} if None not in place else None
    return {"type": "Feature", "geometry": point or shapes.get(own.get(found.area, "")), "properties": own}
