"""The shapes that every map is drawn on: estates in use, district, grid roads, and the basemap that is a file."""

import hashlib
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from api.asking import AnyViewer, DatabaseOf
from api.errors import NotFound
from api.geojson import GeoJSON
from data.boundaries import DISTRICT, GRID_ROADS
from evidence import areas
from maps.basemap import PMTILES_ADDRESS
from maps.outlines import outlines

router = APIRouter(include_in_schema=False)

_ASK_AGAIN = {"Cache-Control": "no-cache"}


@router.get("/estates.geojson")
def estates(request: Request, database: DatabaseOf, viewer: AnyViewer) -> Response:
    """The estates in use, with the places of their names; 304 if the viewer has them."""
    body = outlines(areas(database, viewer))
    return _unless_known(request, body)


@router.get("/district.geojson")
def district(request: Request) -> Response:
    """The district."""
    return _unless_known(request, DISTRICT.read_bytes())


@router.get("/grid-roads.geojson")
def grid_roads(request: Request) -> Response:
    """The grid roads, with their numbers."""
    return _unless_known(request, GRID_ROADS.read_bytes())


@router.get(PMTILES_ADDRESS)
def basemap_file(request: Request) -> Response:
    """The basemap's file, in the pieces that the browser asks for."""
    setting = request.app.state.settings.basemap
    if not isinstance(setting, Path):
        raise NotFound("The basemap is not a file here.")
    return FileResponse(setting, media_type="application/vnd.pmtiles", headers={"Cache-Control": "max-age=3600"})


def _unless_known(request: Request, body: bytes) -> Response:
    headers = {**_ASK_AGAIN, "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"'}
    # Among others, and marked as weak where a proxy has compressed the answer.
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=GeoJSON.media_type, headers=headers)
