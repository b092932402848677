"""The spatial API: OGC API Features over what the asker may see."""

from typing import Annotated, Any

import geopandas as gpd
from fastapi import APIRouter, Query, Request
from pydantic import Field

from api.asking import AnyAsker, DatabaseOf, Filters, LayerSeen, Words, selection
from api.errors import NotFound
from api.geojson import GeoJSON, area_features, feature
from api.hotspot_collections import described as hotspots_described
from api.listing import CRS84, MOST, Page, bounding_box, collection_links, interval, item_links, link, listed
from api.priority_collection import described as priorities_described
from evidence import Asker, Database, areas, item, items, recorded, seen, snapshot, visible
from layers._layer import Layer

router = APIRouter(prefix="/api")

_CLASSES = ("core", "geojson")
CONFORMANCE = [f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in _CLASSES]
ESTATES = "estates"


class EstatesAsked(Page):
    """What the list of estates is asked for."""

    estate: Words = Field(default_factory=list)


class RecordsAsked(Page, Filters):
    """What a list of records is asked for: the filters besides."""


@router.get("")
def landing(request: Request) -> dict[str, Any]:
    """What there is, and where."""
    openapi = "application/vnd.oai.openapi+json;version=3.1"
    return {
        "title": "Neighbourhood priorities, Milton Keynes",
        "description": "Evidence about estates, as far as you may see it.",
        "links": [
            link(request, "/api", "self", "This document"),
            link(request, "/api/openapi.json", "service-desc", "The API, described", openapi),
            link(request, "/api/conformance", "conformance", "What it conforms to"),
            link(request, "/api/collections", "data", "The collections"),
        ],
    }


@router.get("/conformance")
def conformance() -> dict[str, list[str]]:
    """The classes of OGC API that are implemented."""
    return {"conformsTo": CONFORMANCE}


@router.get("/collections")
def collections(request: Request, asker: AnyAsker, database: DatabaseOf) -> dict[str, Any]:
    """Every collection that the asker may see."""
    described = [_described(request, asker, database, layer) for layer in recorded(asker)]
    if asker.role != "public":
        described += [hotspots_described(request, asker, database, layer) for layer in visible(asker)]
    if asker.role != "public" and asker.layers is None:
        described.append(priorities_described(request, asker, database))
    return {
        "links": [link(request, "/api/collections", "self", "The collections")],
        "collections": [_estates(request, asker, database), *described],
    }


@router.get(f"/collections/{ESTATES}")
def estates(request: Request, asker: AnyAsker, database: DatabaseOf) -> dict[str, Any]:
    """The estates of the boundary set in use."""
    return _estates(request, asker, database)


@router.get("/collections/{layer}")
def collection(request: Request, asker: AnyAsker, database: DatabaseOf, layer: LayerSeen) -> dict[str, Any]:
    """A layer: what it is, whose, how far it reaches, whether it is synthetic."""
    seen(asker, layer)
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
        "links": collection_links(request, layer.id, layer.title),
    }


def _estates(request: Request, asker: Asker, database: Database) -> dict[str, Any]:
    frame = areas(database, asker)
    return {
        "id": ESTATES,
        "title": "Estates",
        "description": f"Boundary set '{frame.attrs['set']}'.",
        "itemType": "feature",
        "crs": [CRS84],
        "links": collection_links(request, ESTATES, "Estates"),
        **_about(frame),
    }


@router.get(f"/collections/{ESTATES}/items", response_class=GeoJSON)
def estate_items(
    request: Request, asker: AnyAsker, database: DatabaseOf, page: Annotated[EstatesAsked, Query()]
) -> GeoJSON:
    """The estates' outlines."""
    every = frame = areas(database, asker)
    if page.estate:
        frame = frame[frame["code"].isin(page.estate)]
    if page.bbox:
        west, south, east, north = bounding_box(page.bbox)
        frame = frame.cx[west:east, south:north]
    part = frame.iloc[page.offset : page.offset + min(page.limit, MOST)]
    return GeoJSON(listed(request, ESTATES, page, area_features(part), len(frame)) | _about(every))


def _about(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    return {"attribution": frame.attrs["attribution"], "indicative": frame.attrs["indicative"]}


@router.get(f"/collections/{ESTATES}/items/{{code:path}}", response_class=GeoJSON)
def estate_item(request: Request, asker: AnyAsker, database: DatabaseOf, code: str) -> GeoJSON:
    """One estate."""
    frame = areas(database, asker)
    found = next(area_features(frame[frame["code"] == code]), None)
    if found is None:
        raise NotFound(f"There is no estate {code}.")
    return GeoJSON(found | {"links": item_links(request, ESTATES, "Estates", code)} | _about(frame))


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
        bbox=bounding_box(page.bbox) if page.bbox else None,
        days=interval(page.datetime),
        limit=min(page.limit, MOST),
        offset=page.offset,
    )
    synthetic = snapshot(database, asker, layer).synthetic
    return GeoJSON(listed(request, layer.id, page, map(feature, found.rows), found.matched) | {"synthetic": synthetic})


@router.get("/collections/{layer}/items/{reference:path}", response_class=GeoJSON)
def layer_item(request: Request, asker: AnyAsker, database: DatabaseOf, layer: LayerSeen, reference: str) -> GeoJSON:
    """One record."""
    found = item(database, asker, layer, reference)
    if found is None:
        raise NotFound(f"There is no record {reference} that you may see.")
    links = item_links(request, layer.id, layer.title, reference)
    return GeoJSON(feature(found) | {"links": links, "synthetic": snapshot(database, asker, layer).synthetic})
