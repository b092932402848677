"""The priorities as a collection of the spatial API, for officers and planners: a feature for each estate and theme."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from analysis.priority_areas import PriorityAreas, priority_areas
from analysis.scoring import THEMES
from api.asking import AnyViewer, DatabaseOf
from api.errors import NotFound
from api.geojson import GeoJSON, shape_features
from api.listing import CRS84, MOST, ThemesAsked, collection_links, feature_collection, filter_areas, item_links
from evidence import Database, Viewer

router = APIRouter(prefix="/api")

ID, TITLE = "priorities", "Priorities"


class PrioritiesAsked(ThemesAsked):
    """What the list of priorities is asked for."""

    rank: Annotated[int | None, Field(ge=1)] = None
    """The last rank that is wanted: 1 for what comes first."""


@router.get(f"/collections/{ID}")
def collection(request: Request, viewer: AnyViewer, database: DatabaseOf) -> dict[str, Any]:
    """The priorities of the estates: from which evidence, by which weights."""
    return collection_document(request, viewer, database)


@router.get(f"/collections/{ID}/items", response_class=GeoJSON)
def items(
    request: Request, viewer: AnyViewer, database: DatabaseOf, page: Annotated[PrioritiesAsked, Query()]
) -> GeoJSON:
    """Every theme of every estate, in order."""
    areas = _areas(database, viewer)
    found = filter_areas(areas.frame, page, THEMES, areas.found.estates if areas.found else ())
    if page.rank:
        found = found[[rank is not None and rank <= page.rank for rank in found["rank"]]]
    part = found.iloc[page.offset : page.offset + min(page.limit, MOST)]
    return GeoJSON(feature_collection(request, ID, page, shape_features(part), len(found)) | _synthetic(areas))


@router.get(f"/collections/{ID}/items/{{reference:path}}", response_class=GeoJSON)
def item(request: Request, viewer: AnyViewer, database: DatabaseOf, reference: str) -> GeoJSON:
    """One theme of one estate."""
    areas = _areas(database, viewer)
    found = next(shape_features(areas.frame[areas.frame["id"] == reference]), None)
    if found is None:
        raise NotFound(f"There is no priority {reference}.")
    return GeoJSON(found | {"links": item_links(request, ID, TITLE, reference)} | _synthetic(areas))


def collection_document(request: Request, viewer: Viewer, database: Database) -> dict[str, Any]:
    """The document of the collection.

    Raises
    ------
    NotFound
        The viewer is the public, or has a key for some layers only.
    """
    areas = _areas(database, viewer)
    return {
        "id": ID,
        "title": TITLE,
        "description": areas.refusal or _DESCRIPTION,
        **_synthetic(areas),
        "itemType": "feature",
        "crs": [CRS84],
        "run": areas.run,
        **_from(areas),
        "links": collection_links(request, ID, TITLE),
    }


_DESCRIPTION = (
    "The themes of every estate, ranked by what residents say, what is recorded, how severe it is, how it has changed "
    "and how many are dissatisfied. `times` is how many times the usual a theme is, `first` in what share of draws it "
    "comes first; themes that cannot be told apart are `tied`. An estate with too little evidence says so in `refusal`."
)


def _from(areas: PriorityAreas) -> dict[str, Any]:
    if areas.found is None:
        return {}
    sources = {
        each.id: {"last": each.last and f"{each.last:%Y-%m}", "located": each.located, "total": each.total}
        for each in areas.found.sources
    }
    return {"weights": areas.found.weighed.model_dump(mode="json"), "sources": sources}


def _areas(database: Database, viewer: Viewer) -> PriorityAreas:
    if viewer.role == "public" or viewer.layers is not None:
        raise NotFound(f"There is no collection {ID} that you may see.")
    return priority_areas(database, viewer)


def _synthetic(areas: PriorityAreas) -> dict[str, bool]:
    return {"synthetic": bool(areas.found and areas.found.synthetic)}
