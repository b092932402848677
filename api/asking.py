"""Who asks and for what: the parameters that all addresses share, parsed once into values."""

from datetime import date
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Depends, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError
from starlette.requests import HTTPConnection

from api.credentials import viewer_of
from api.errors import NotFound, SignInNeeded
from evidence import Database, Selection, Viewer, visible
from geo.errors import Refused
from layers._layer import Layer, Theme
from layers._registry import LAYERS


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        raise ValueError("it must be a month, as in 2026-01") from None


def _drop_empty(values: Any) -> Any:
    # A form sends its empty fields too.
    return [value for value in values if value] if isinstance(values, list) else values


def _month_text(month: date | None) -> str | None:
    return month.isoformat()[:7] if month else None


Values = Annotated[list[str], BeforeValidator(_drop_empty)]
"""Any number of values of one parameter, the empty ones left out."""

Month = Annotated[date | None, BeforeValidator(_month), PlainSerializer(_month_text)]


class Filters(BaseModel):
    """What narrows the rows down; the same words at every address. Empty means all."""

    model_config = ConfigDict(extra="forbid")

    theme: Annotated[list[Theme], BeforeValidator(_drop_empty)] = []
    category: Values = []
    estate: Values = []
    first: Month = None
    """First month, as in 2026-01."""
    last: Month = None
    """Last month, included."""


def selection(filters: Filters, layer: Layer) -> Selection:
    """The rows of a layer that the filters ask for.

    Raises
    ------
    Refused
        The layer has no such category.
    """
    unknown = set(filters.category) - set(layer.categories)
    if unknown:
        raise Refused(
            f"{layer.title} has no category {', '.join(sorted(unknown))}: it has {', '.join(layer.categories)}."
        )
    return Selection(
        frozenset(filters.theme),
        frozenset(filters.category),
        frozenset(filters.estate),
        filters.first,
        filters.last,
    )


@lru_cache(maxsize=4096)
def selection_of(layer_id: str, query: str) -> Selection:
    """The selection of a query string, remembered: a map asks for many tiles with the same one.

    Raises
    ------
    Refused
        A parameter is unknown or cannot be read.
    """
    given: dict[str, Any] = parse_qs(query, keep_blank_values=True)
    given.pop("v", None)
    single = {name: values[-1] for name, values in given.items() if name in ("first", "last")}
    try:
        return selection(Filters.model_validate({**given, **single}), LAYERS[layer_id])
    except ValidationError as error:
        raise Refused(sentence(error.errors())) from error


def sentence(errors: Any) -> str:
    """What is wrong with the parameters of a request, in a sentence."""
    told = []
    for error in errors:
        name = [part for part in error["loc"] if isinstance(part, str)][-1]
        message = error["msg"].removeprefix("Value error, ")
        told.append(f"{name}: {message[0].lower()}{message[1:]}")
    return f"The address is not right in {'; '.join(told)}."


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
FiltersAsked = Annotated[Filters, Query()]
