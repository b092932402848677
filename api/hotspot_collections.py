"""The hotspots of every layer, as collections of the spatial API, for everybody but the public."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from analysis.hotspot_areas import HotspotAreas, hotspot_areas
from analysis.layers import EVERYTHING
from api.asking import AnyViewer, DatabaseOf, layer_seen
from api.errors import NotFound
from api.geojson import GeoJSON, shape_features
from api.listing import CRS84, MOST, ThemesAsked, collection_links, feature_collection, filter_areas, item_links
from evidence import Database, Viewer, add_months, snapshot
from geo.excess import FALSE_DISCOVERIES
from layers._layer import Layer, Theme

router = APIRouter(prefix="/api")

_THEMES = (EVERYTHING, *Theme)


def _layer(request: Request, viewer: AnyViewer, layer: str) -> Layer:
    if viewer.role == "public":
        raise NotFound(f"There is no collection {layer}-hotspots that you may see.")
    return layer_seen(request, layer)


LayerAnalysed = Annotated[Layer, Depends(_layer)]


@router.get("/collections/{layer}-hotspots")
def collection(request: Request, viewer: AnyViewer, database: DatabaseOf, layer: LayerAnalysed) -> dict[str, Any]:
    """The hotspots of a layer: of which months, from what, and how surely."""
    return collection_document(request, viewer, database, layer)


@router.get("/collections/{layer}-hotspots/items", response_class=GeoJSON)
def hotspots(
    request: Request,
    viewer: AnyViewer,
    database: DatabaseOf,
    layer: LayerAnalysed,
    page: Annotated[ThemesAsked, Query()],
) -> GeoJSON:
    """The hot cells of a layer, by theme."""
    rows = snapshot(database, viewer, layer)
    found = filter_areas(hotspot_areas(database, viewer, layer).frame, page, _THEMES, rows.estates)
    part = found.iloc[page.offset : page.offset + min(page.limit, MOST)]
    answer = feature_collection(request, _identifier(layer), page, shape_features(part), len(found))
    return GeoJSON(answer | {"synthetic": rows.synthetic})


@router.get("/collections/{layer}-hotspots/items/{reference:path}", response_class=GeoJSON)
def hotspot(request: Request, viewer: AnyViewer, database: DatabaseOf, layer: LayerAnalysed, reference: str) -> GeoJSON:
    """One hot cell."""
    frame = hotspot_areas(database, viewer, layer).frame
    found = next(shape_features(frame[frame["id"] == reference]), None)
    if found is None:
        raise NotFound(f"There is no hotspot {reference}.")
    links = item_links(request, _identifier(layer), _title(layer), reference)
    return GeoJSON(found | {"links": links, "synthetic": snapshot(database, viewer, layer).synthetic})


def collection_document(request: Request, viewer: Viewer, database: Database, layer: Layer) -> dict[str, Any]:
    """The document of a layer's hotspots.

    Raises
    ------
    NotVisible
        The viewer is the public.
    """
    found = hotspot_areas(database, viewer, layer)
    return {
        "id": _identifier(layer),
        "title": _title(layer),
        "description": _description(found, *found.period) if found.period else found.refusal,
        "publisher": layer.publisher,
        "license": layer.licence,
        "synthetic": snapshot(database, viewer, layer).synthetic,
        "itemType": "feature",
        "crs": [CRS84],
        **_period_document(found),
        "links": collection_links(request, _identifier(layer), _title(layer)),
    }


def _period_document(found: HotspotAreas) -> dict[str, Any]:
    if found.period is None:
        return {"analysis": found.analysis, "extent": {"temporal": {"interval": [[None, None]]}}}
    first, last = found.period
    ended = add_months(last, 1) - timedelta(days=1)
    return {
        "analysis": found.analysis,
        "months": [f"{first:%Y-%m}", f"{last:%Y-%m}"],
        "tested": found.tested,
        "false_discoveries": FALSE_DISCOVERIES,
        "located": found.result["located"],
        "total": found.result["total"],
        "extent": {"temporal": {"interval": [[f"{first}T00:00:00Z", f"{ended}T00:00:00Z"]]}},
    }


def _description(found: HotspotAreas, first: date, last: date) -> str:
    layer = found.layer
    told = (
        f"Cells {layer.cell_width:.0f} m wide of places where more {layer.noun[1]} were recorded from {first:%B %Y} to "
        f"{last:%B %Y} than the {layer.exposure} there explain, or had been in the year before. A place is of 1, 7 or "
        f"19 cells; its figures are in each of them, beside the cell's own. {found.tested[EVERYTHING]:,} places were "
        f"tested for each theme; of those told, chance alone would make at most 1 in {1 / FALSE_DISCOVERIES:.0f}. "
        f"{found.result['located']:,} of {found.result['total']:,} {layer.noun[1]} could be located."
    )
    return f"{told} {layer.anonymised_points} `homes` counts {layer.exposure}." if layer.anonymised_points else told


def _identifier(layer: Layer) -> str:
    return f"{layer.id}-hotspots"


def _title(layer: Layer) -> str:
    return f"{layer.title}: hotspots"
