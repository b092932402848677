"""The spatial API: OGC API Features over what the viewer may see."""

from typing import Annotated, Any

import geopandas as gpd
from fastapi import APIRouter, Query, Request
from pydantic import Field

from api.asking import AnyViewer, DatabaseOf, LayerSeen
from api.errors import NotFound
from api.filters import Filters, Values, checked_selection
from api.geojson import GeoJSON, area_features, feature
from api.hotspot_collections import collection_document as hotspots_described
from api.listing import (
    CRS84,
    MOST,
    Page,
    bounding_box,
    collection_links,
    feature_collection,
    interval,
    item_links,
    link,
    refuse_unknown_estates,
)
from api.priority_collection import collection_document as priorities_described
from evidence import Database, Viewer, areas, item, items, layers_with_records, records_table, snapshot, visible
from geo.council import COUNCIL
from layers._layer import Layer

router = APIRouter(prefix="/api")

_CLASSES = ("core", "geojson")
CONFORMANCE = [f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in _CLASSES]
ESTATES = "estates"


class EstatesAsked(Page):
    """What the list of estates is asked for."""

    estate: Values = Field(default_factory=list)


class RecordsAsked(Page, Filters):
    """What a list of records is asked for: the filters besides."""


@router.get("")
def landing(request: Request) -> dict[str, Any]:
    """What there is, and where."""
    openapi = "application/vnd.oai.openapi+json;version=3.1"
    return {
        "title": f"Neighbourhood priorities, {COUNCIL.place}",
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
def collections(request: Request, viewer: AnyViewer, database: DatabaseOf) -> dict[str, Any]:
    """Every collection that the viewer may see."""
    described = [_collection_document(request, viewer, database, layer) for layer in layers_with_records(viewer)]
    if viewer.role != "public":
        described += [hotspots_described(request, viewer, database, layer) for layer in visible(viewer)]
    if viewer.role != "public" and viewer.layers is None:
        described.append(priorities_described(request, viewer, database))
    return {
        "links": [link(request, "/api/collections", "self", "The collections")],
        "collections": [_estates(request, viewer, database), *described],
    }


@router.get(f"/collections/{ESTATES}")
def estates(request: Request, viewer: AnyViewer, database: DatabaseOf) -> dict[str, Any]:
    """The estates of the boundary set in use."""
    return _estates(request, viewer, database)


@router.get("/collections/{layer}")
def collection(request: Request, viewer: AnyViewer, database: DatabaseOf, layer: LayerSeen) -> dict[str, Any]:
    """A layer: what it is, whose, how far it reaches, whether it is synthetic."""
    records_table(viewer, layer)
    return _collection_document(request, viewer, database, layer)


def _collection_document(request: Request, viewer: Viewer, database: Database, layer: Layer) -> dict[str, Any]:
    rows = snapshot(database, viewer, layer)
    interval = [rows.first and rows.first.isoformat(), rows.last and rows.last.isoformat()]
    return {
        "id": layer.id,
        "title": layer.title,
        "description": " ".join(filter(None, [layer.record.__doc__, layer.anonymised_points])),
        "publisher": layer.publisher,
        "license": layer.licence,
        "synthetic": rows.synthetic,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {"temporal": {"interval": [[end and f"{end}T00:00:00Z" for end in interval]]}},
        "links": collection_links(request, layer.id, layer.title),
    }


def _estates(request: Request, viewer: Viewer, database: Database) -> dict[str, Any]:
    frame = areas(database, viewer)
    return {
        "id": ESTATES,
        "title": "Estates",
        "description": f"Boundary set '{frame.attrs['set']}'.",
        "itemType": "feature",
        "crs": [CRS84],
        "links": collection_links(request, ESTATES, "Estates"),
        **_boundary_notes(frame),
    }


@router.get(f"/collections/{ESTATES}/items", response_class=GeoJSON)
def estate_items(
    request: Request, viewer: AnyViewer, database: DatabaseOf, page: Annotated[EstatesAsked, Query()]
) -> GeoJSON:
    """The estates' outlines."""
    every = frame = areas(database, viewer)
    if page.estate:
        refuse_unknown_estates(page.estate, set(frame["code"]))
        frame = frame[frame["code"].isin(page.estate)]
    if page.bbox:
        west, south, east, north = bounding_box(page.bbox)
        frame = frame.cx[west:east, south:north]
    part = frame.iloc[page.offset : page.offset + min(page.limit, MOST)]
    return GeoJSON(feature_collection(request, ESTATES, page, area_features(part), len(frame)) | _boundary_notes(every))


def _boundary_notes(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    return {"attribution": frame.attrs["attribution"], "indicative": frame.attrs["indicative"]}


@router.get(f"/collections/{ESTATES}/items/{{code:path}}", response_class=GeoJSON)
def estate_item(request: Request, viewer: AnyViewer, database: DatabaseOf, code: str) -> GeoJSON:
    """One estate."""
    frame = areas(database, viewer)
    found = next(area_features(frame[frame["code"] == code]), None)
    if found is None:
        raise NotFound(f"There is no estate {code}.")
    return GeoJSON(found | {"links": item_links(request, ESTATES, "Estates", code)} | _boundary_notes(frame))


@router.get("/collections/{layer}/items", response_class=GeoJSON)
def layer_items(
    request: Request, viewer: AnyViewer, database: DatabaseOf, layer: LayerSeen, page: Annotated[RecordsAsked, Query()]
) -> GeoJSON:
    """Records of a layer, filtered, by reference."""
    rows = snapshot(database, viewer, layer)
    found = items(
        database,
        viewer,
        layer,
        checked_selection(page, layer, rows, rows.estates),
        bbox=bounding_box(page.bbox) if page.bbox else None,
        days=interval(page.datetime),
        limit=min(page.limit, MOST),
        offset=page.offset,
    )
    answer = feature_collection(request, layer.id, page, map(feature, found.rows), found.matched)
    return GeoJSON(answer | {"synthetic": rows.synthetic})


@router.get("/collections/{layer}/items/{reference:path}", response_class=GeoJSON)
def layer_item(request: Request, viewer: AnyViewer, database: DatabaseOf, layer: LayerSeen, reference: str) -> GeoJSON:
    """One record."""
    found = item(database, viewer, layer, reference)
    if found is None:
        raise NotFound(f"There is no record {reference} that you may see.")
    links = item_links(request, layer.id, layer.title, reference)
    return GeoJSON(feature(found) | {"links": links, "synthetic": snapshot(database, viewer, layer).synthetic})
