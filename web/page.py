"""What all pages share: a template filled in, and a map composed for it."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
from fastapi import Request
from starlette.responses import HTMLResponse, Response

from api.asking import viewer_of_request
from evidence import Viewer
from maps.basemap import basemap
from maps.compose import FACTS, Parts
from maps.extent import extent
from web.assets import assets, modules
from web.templates import render


def page(
    request: Request, template: str, status: int = 200, *, viewer: Viewer | None = None, **values: Any
) -> Response:
    """A page made of a template, for whoever asks, unless it is said who that is."""
    viewer = viewer or viewer_of_request(request)
    common = {
        "asset": assets().address,
        "styles": assets().styles if _comes(request, viewer) else "",
        "nonce": request.state.nonce,
        "here": request.url.path,
        "who": viewer.name,
    }
    # What officers see holds evidence: nothing of it stays on a shared computer. What anybody may see may stay, so
    # that who goes back to a form finds what was typed.
    kept = "private, no-cache" if viewer.role == "public" else "no-store"
    headers = {"Cache-Control": kept, "Vary": "Cookie, Authorization"}
    return HTMLResponse(render(template, **common, **values), status, headers)


def _comes(request: Request, viewer: Viewer) -> bool:
    """Whether it is a stranger's browser that opens a page, and no script of ours that reads one."""
    return not viewer.name and request.headers.get("sec-fetch-dest") == "document"


def map_page(
    request: Request,
    template: str,
    compose: Callable[..., Parts],
    label: str,
    estates: gpd.GeoDataFrame,
    status: int = 200,
    **values: Any,
) -> Response:
    """A page with a map of the estates.

    Parameters
    ----------
    compose
        `officers_map` or another of `maps.compose`.
    label
        What the map is called for those who do not see it.
    """
    settings = request.app.state.settings
    base = basemap(settings.basemap, settings.basemap_key)
    drawn = compose(extent(estates), label, estates.attrs["attribution"], base)
    about = {
        "indicative": estates.attrs["indicative"],
        "attribution": estates.attrs["attribution"],
        "boundary_set": estates.attrs["set"],
    }
    return page(request, template, status, map=drawn, modules=modules(drawn.module), facts=FACTS, **about, **values)
