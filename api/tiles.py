"""Heat tiles. The busiest address: no dependency is solved, and what is in memory is answered from at once.

The database is never asked in the event loop. When the data has changed, what was there before is shown, with its own
ETag, until the new rows have been read.
"""

from functools import lru_cache
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.asking import database, layer_of, viewer_of_request_async
from api.errors import NotFound
from api.filters import selection_of
from evidence import Viewer, close_up
from maps.heat import cell_width, tile
from maps.zooms import MAX_TILE_ZOOM, MIN_TILE_ZOOM

_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Authorization"}


async def heat_tile(request: Request) -> Response:
    """A vector tile of a layer for a selection; 304 if the viewer has it and the data is the same."""
    where = request.path_params
    viewer = await viewer_of_request_async(request)
    layer = layer_of(viewer, where["layer"])
    chosen = selection_of(layer.id, request.scope["query_string"].decode("latin-1"))
    z, x, y = _address(**where)
    drawn = await close_up(database(request), viewer, layer, chosen, cell_width(z))
    headers = {**_HEADERS, "ETag": f'"{_mark(viewer)}-{drawn[0].version if drawn else ""}"'}
    # Among others, and marked as weak where a proxy has compressed the tile.
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    body = tile(*drawn, z, x, y) if drawn else b""
    return Response(body, media_type="application/vnd.mapbox-vector-tile", headers=headers)


@lru_cache(maxsize=1000)
def _mark(viewer: Viewer) -> str:
    """Another for whoever may see something else, and not telling what."""
    patch = "*" if viewer.patch is None else " ".join(sorted(viewer.patch))
    return sha256(f"{viewer.role} {patch}".encode()).hexdigest()[:16]


def _address(layer: str, z: str, y: str, x: str) -> tuple[int, int, int]:
    try:
        zoom, column, row = int(z), int(x), int(y)
        there = MIN_TILE_ZOOM <= zoom <= MAX_TILE_ZOOM and 0 <= column < 1 << zoom and 0 <= row < 1 << zoom
    except ValueError:
        there = False
    if not there:
        raise NotFound(f"There are tiles from zoom {MIN_TILE_ZOOM} to {MAX_TILE_ZOOM}.")
    return zoom, column, row


ROUTES = [Route("/tiles/{layer}/{z}/{y}/{x}.mvt", heat_tile)]
"""Row before column, as in OGC API Tiles."""
