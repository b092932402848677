"""Who asks, and for which layer: what every address shares, found once."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from api.credentials import viewer_of, viewer_of_async
from api.errors import NotFound, SignInNeeded
from evidence import Database, Viewer, visible
from layers._layer import Layer
from layers._registry import LAYERS


def database(request: HTTPConnection) -> Database:
    """The database that the application was made with."""
    return request.app.state.database  # type: ignore[no-any-return]


def viewer_of_request(request: HTTPConnection) -> Viewer:
    """Who is signed in or has a key, else the public.

    Raises
    ------
    WrongKey
        The request brings a key that does not work.
    """
    request.state.viewer = viewer_of(request, database(request))
    return request.state.viewer  # type: ignore[no-any-return]


async def viewer_of_request_async(request: HTTPConnection) -> Viewer:
    """As `viewer_of_request`, and the event loop never stops for it."""
    request.state.viewer = await viewer_of_async(request, database(request))
    return request.state.viewer  # type: ignore[no-any-return]


def officer(request: Request) -> Viewer:
    """Who is signed in, as whatever.

    Raises
    ------
    SignInNeeded
        Nobody is.
    """
    found = viewer_of_request(request)
    if found.role == "public":
        raise SignInNeeded
    return found


def layer_seen(request: Request, layer: str) -> Layer:
    """The layer of an address.

    Raises
    ------
    NotFound
        There is none that the viewer may see.
    """
    return layer_of(viewer_of_request(request), layer)


def layer_of(viewer: Viewer, name: str) -> Layer:
    """A layer by its name.

    Raises
    ------
    NotFound
        There is none that the viewer may see.
    """
    found = LAYERS.get(name)
    if found is None or found not in visible(viewer):
        raise NotFound(f"There is no layer {name} that you may see.")
    return found


DatabaseOf = Annotated[Database, Depends(database)]
AnyViewer = Annotated[Viewer, Depends(viewer_of_request)]
Officer = Annotated[Viewer, Depends(officer)]
LayerSeen = Annotated[Layer, Depends(layer_seen)]
