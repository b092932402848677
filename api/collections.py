"""The spatial API: OGC API Features over what the asker may see."""

from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import geopandas as gpd
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.asking import AnyAsker, DatabaseOf, Filters, LayerSeen, Words, selection
from api.errors import NotFound
from api.geojson import GeoJSON, area_features, feature
from geo.errors import Refused
from layers import Asker, BoundingBox, Database, Layer, areas, item, items, snapshot, visible

router = APIRouter(prefix="/api")

_CLASSES = ("core", "geojson")
CONFORMANCE = [f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in _CLASSES]
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
MOST = 10_000
"""Records on a page; who asks for more gets these."""
ESTATES = "estates"


class Page(BaseModel):
    """What every list is asked for: a window, a time and a page."""

    model_config = ConfigDict(extra="forbid")

    bbox: str | None = None
    """West, south, east, north; degrees. With six numbers the third and the sixth, heights, are left aside."""
    datetime: str | None = None
    """A day, or an interval of days, open where it says `..` or nothing."""
    limit: Annotated[int, Field(ge=1)] = 100
    offset: Annotated[int, Field(ge=0)] = 0


class EstatesAsked(Page):
    """What the list of estates is asked for."""

    estate: Words = []


class RecordsAsked(Page, Filters):
    """What a list of records is asked for: the filters besides."""


def _link(request: Request, path: str, rel: str, title: str, kind: str = "application/json") -> dict[str, str]:
    return {"href": f"{str(request.base_url).rstrip('/')}{path}", "rel": rel, "type": kind, "title": title}


@router.get("")
def landing(request: Request) -> dict[str, Any]:
    """What there is, and where."""
    openapi = "application/vnd.oai.openapi+json;version=3.1"
    return {
        "title": "Neighbourhood priorities, Milton Keynes",
        "description": "Evidence about estates, as far as you may see it.",
        "links": [
            _link(request, "/api", "self", "This document"),
            _link(request, "/api/openapi.json", "service-desc", "The API, described", openapi),
            _link(request, "/api/conformance", "conformance", "What it conforms to"),
            _link(request, "/api/collections", "data", "The collections"),
        ],
    }


@router.get("/conformance")
def conformance() -> dict[str, list[str]]:
    """The classes of OGC API that are implemented."""
    return {"conformsTo": CONFORMANCE}


@router.get("/collections")
def collections(request: Request, asker: AnyAsker, database: DatabaseOf) -> dict[str, Any]:
    """Every collection that the asker may see."""
    described = [_described(request, asker, database, layer) for layer in visible(asker)]
    return {
        "links": [_link(request, "/api/collections", "self", "The collections")],
        "collections": [_estates(request, asker, database), *described],
    }


@router.get(f"/collections/{ESTATES}")
def estates(request: Request, asker: AnyAsker, database: DatabaseOf) -> dict[str, Any]:
    """The estates of the boundary set in use."""
    return _estates(request, asker, database)


@router.get("/collections/{layer}")
def collection(request: Request, asker: AnyAsker, database: DatabaseOf, layer: LayerSeen) -> dict[str, Any]:
    """A layer: what it is, whose, how far it reaches, whether it is synthetic."""
    return _described(request, asker, database, layer)


def _described(request: Request, asker: Asker, database: Database, layer: Layer) -> dict[str, Any]:
    rows = snapshot(database, asker, layer)
    interval = [rows.first and rows.first.isoformat(), rows.last and rows.last.isoformat()]
    return {
        "id": layer.id,
        "title": layer.title,
        "description": " ".join(filter(None, [layer.record.__doc__, layer.snapped])),
        "publisher": layer.publisher,
        "license": layer.licence,
        "synthetic": rows.synthetic,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {"temporal": {"interval": [[end and f"{end}T00:00:00Z" for end in interval]]}},
        "links": _collection_links(request, layer.id, layer.title),
    }


def _estates(request: Request, asker: Asker, database: Database) -> dict[str, Any]:
    frame = areas(database, asker)
    return {
        "id": ESTATES,
        "title": "Estates",
        "description": f"Boundary set '{frame.attrs['set']}'.",
        "itemType": "feature",
        "crs": [CRS84],
        "links": _collection_links(request, ESTATES, "Estates"),
        **_about(frame),
    }


def _collection_links(request: Request, identifier: str, title: str) -> list[dict[str, str]]:
    path = f"/api/collections/{identifier}"
    return [
        _link(request, path, "self", title),
        _link(request, f"{path}/items", "items", f"{title}, as GeoJSON", GeoJSON.media_type),
    ]


@router.get(f"/collections/{ESTATES}/items", response_class=GeoJSON)
def estate_items(
    request: Request, asker: AnyAsker, database: DatabaseOf, page: Annotated[EstatesAsked, Query()]
) -> GeoJSON:
    """The estates' outlines."""
    every = frame = areas(database, asker)
    if page.estate:
        frame = frame[frame["code"].isin(page.estate)]
    if page.bbox:
        west, south, east, north = _bbox(page.bbox)
        frame = frame.cx[west:east, south:north]
    part = frame.iloc[page.offset : page.offset + min(page.limit, MOST)]
    return GeoJSON(_listed(request, ESTATES, page, area_features(part), len(frame)) | _about(every))


def _about(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    return {"attribution": frame.attrs["attribution"], "indicative": frame.attrs["indicative"]}


@router.get(f"/collections/{ESTATES}/items/{{code:path}}", response_class=GeoJSON)
def estate_item(request: Request, asker: AnyAsker, database: DatabaseOf, code: str) -> GeoJSON:
    """One estate."""
    frame = areas(database, asker)
    found = next(area_features(frame[frame["code"] == code]), None)
    if found is None:
        raise NotFound(f"There is no estate {code}.")
    return GeoJSON(found | {"links": _item_links(request, ESTATES, "Estates", code)} | _about(frame))


@router.get("/collections/{layer}/items", response_class=GeoJSON)
def layer_items(
    request: Request, asker: AnyAsker, database: DatabaseOf, layer: LayerSeen, page: Annotated[RecordsAsked, Query()]
) -> GeoJSON:
    """Records of a layer, filtered, by reference."""
    found = items(
        database,
        asker,
        layer,
        selection(page, layer),
        bbox=_bbox(page.bbox) if page.bbox else None,
        days=_interval(page.datetime) if page.datetime else (None, None),
        limit=min(page.limit, MOST),
        offset=page.offset,
    )
    synthetic = snapshot(database, asker, layer).synthetic
    return GeoJSON(_listed(request, layer.id, page, map(feature, found.rows), found.matched) | {"synthetic": synthetic})


@router.get("/collections/{layer}/items/{reference:path}", response_class=GeoJSON)
def layer_item(request: Request, asker: AnyAsker, database: DatabaseOf, layer: LayerSeen, reference: str) -> GeoJSON:
    """One record."""
    found = item(database, asker, layer, reference)
    if found is None:
        raise NotFound(f"There is no record {reference} that you may see.")
    links = _item_links(request, layer.id, layer.title, reference)
    return GeoJSON(feature(found) | {"links": links, "synthetic": snapshot(database, asker, layer).synthetic})


def _item_links(request: Request, collection: str, title: str, identifier: str) -> list[dict[str, str]]:
    path = f"/api/collections/{collection}"
    return [
        _link(request, f"{path}/items/{quote(identifier)}", "self", identifier, GeoJSON.media_type),
        _link(request, path, "collection", title),
    ]


def _listed(request: Request, identifier: str, page: Page, features: Any, matched: int) -> dict[str, Any]:
    made = list(features)
    path = f"/api/collections/{identifier}/items"
    links = [_link(request, _paged(path, page, page.offset), "self", "This page", GeoJSON.media_type)]
    if page.offset + len(made) < matched and made:
        links.append(
            _link(request, _paged(path, page, page.offset + len(made)), "next", "Next page", GeoJSON.media_type)
        )
    return {
        "type": "FeatureCollection",
        "numberMatched": matched,
        "numberReturned": len(made),
        "links": links,
        "features": made,
    }


def _paged(path: str, page: Page, offset: int) -> str:
    asked = {**page.model_dump(mode="json", exclude_defaults=True), "offset": offset}
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value}, doseq=True)}".rstrip("?")


def _bbox(text: str) -> BoundingBox:
    try:
        numbers = [float(part) for part in text.split(",")]
        west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    except ValueError as error:
        raise Refused("bbox is four numbers: west, south, east, north in degrees.") from error
    if not (len(numbers) in (4, 6) and -180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Refused(
            "bbox is west, south, east, north in degrees: west is not more than east, south not more than north."
        )
    return west, south, east, north


def _interval(text: str) -> tuple[date | None, date | None]:
    ends = text.split("/")
    try:
        first, last = [None if end in ("", "..") else datetime.fromisoformat(end).date() for end in (ends * 2)[:2]]
    except ValueError as error:
        raise Refused("datetime is a day or an interval, as in 2026-01-01/2026-03-31 or 2026-01-01/..") from error
    if len(ends) > 2 or (first and last and first > last):
        raise Refused("datetime is an interval whose start is not after its end.")
    return first, last
