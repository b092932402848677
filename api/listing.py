"""What the lists of the spatial API share: pages, windows, links."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import geopandas as gpd
from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.filters import Values
from api.geojson import GeoJSON
from evidence import BoundingBox
from geo.errors import Refused

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
MOST = 10_000
"""Records on a page; who asks for more gets these."""


def _an_interval(text: str | None) -> str | None:
    # Looked at here, so that lists without dates refuse what is none, too.
    interval(text)
    return text


class Page(BaseModel):
    """What every list is asked for: a window, a time and a page."""

    model_config = ConfigDict(extra="forbid")

    bbox: str | None = None
    """West, south, east, north; degrees. With six numbers the third and the sixth, heights, are left aside."""
    datetime: Annotated[str | None, AfterValidator(_an_interval)] = None
    """A day, or an interval of days, open where it says `..` or nothing."""
    limit: Annotated[int, Field(ge=1)] = 100
    offset: Annotated[int, Field(ge=0)] = 0


def link(request: Request, path: str, rel: str, title: str, kind: str = "application/json") -> dict[str, str]:
    """A link to an address of ours."""
    return {"href": f"{str(request.base_url).rstrip('/')}{path}", "rel": rel, "type": kind, "title": title}


def collection_links(request: Request, identifier: str, title: str) -> list[dict[str, str]]:
    """From a collection to itself and its items."""
    path = f"/api/collections/{identifier}"
    return [
        link(request, path, "self", title),
        link(request, f"{path}/items", "items", f"{title}, as GeoJSON", GeoJSON.media_type),
    ]


def item_links(request: Request, collection: str, title: str, identifier: str) -> list[dict[str, str]]:
    """From an item to itself and its collection."""
    path = f"/api/collections/{collection}"
    return [
        link(request, f"{path}/items/{quote(identifier)}", "self", identifier, GeoJSON.media_type),
        link(request, path, "collection", title),
    ]


def feature_collection(
    request: Request, identifier: str, page: Page, features: Iterable[dict[str, Any]], matched: int
) -> dict[str, Any]:
    """A page of a collection's features, with the way to the next where there is one."""
    made = list(features)
    path = f"/api/collections/{identifier}/items"
    links = [link(request, _paged(path, page, page.offset), "self", "This page", GeoJSON.media_type)]
    if page.offset + len(made) < matched and made:
        links.append(
            link(request, _paged(path, page, page.offset + len(made)), "next", "Next page", GeoJSON.media_type)
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


class ThemesAsked(Page):
    """What a list of areas by theme is asked for. They have one period, so a time leaves none out."""

    theme: Values = Field(default_factory=list)
    estate: Values = Field(default_factory=list)


def filter_areas(
    frame: gpd.GeoDataFrame, page: ThemesAsked, themes: Sequence[str], estates: Collection[str]
) -> gpd.GeoDataFrame:
    """The areas (WGS84, with the columns theme and estate) that a list is asked for.

    Raises
    ------
    Refused
        There is no such theme, or no such estate among those in use.
    """
    refuse_unknown_estates(page.estate, estates)
    unknown = set(page.theme) - set(themes)
    if unknown:
        raise Refused(f"There is no theme {', '.join(sorted(unknown))}: there are {', '.join(themes)}.")
    if page.theme:
        frame = frame[frame["theme"].isin(page.theme)]
    if page.estate:
        frame = frame[frame["estate"].isin(page.estate)]
    if page.bbox:
        west, south, east, north = bounding_box(page.bbox)
        frame = frame.cx[west:east, south:north]
    return frame


def refuse_unknown_estates(asked: Sequence[str], known: Collection[str]) -> None:
    """Refuse codes of estates that are not among those in use."""
    if unknown := sorted(set(asked) - set(known)):
        raise Refused(
            f"There is no estate {', '.join(unknown)}: give its code, as in "
            f"{min(known, default='MK-001')}; all of them are in the collection of estates."
        )


def bounding_box(text: str) -> BoundingBox:
    """The window that a parameter `bbox` asks for.

    Raises
    ------
    Refused
        It is not four numbers (or six, with heights), in order and on the earth.
    """
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


def interval(text: str | None) -> tuple[date | None, date | None]:
    """The first and the last day that a parameter `datetime` asks for; None is open.

    Raises
    ------
    Refused
        It is neither a day nor an interval of days in order.
    """
    ends = (text or "..").split("/")
    try:
        first, last = [None if end in ("", "..") else datetime.fromisoformat(end).date() for end in (ends * 2)[:2]]
    except ValueError as error:
        raise Refused("datetime is a day or an interval, as in 2026-01-01/2026-03-31 or 2026-01-01/..") from error
    if len(ends) > 2 or (first and last and first > last):
        raise Refused("datetime is an interval whose start is not after its end.")
    return first, last
