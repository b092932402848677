"""The filters of an address, the same for pages, tiles and API: read once, and what is not understood is told.

The API answers 400 with what is wrong. A page shows the rest and tells what is wrong beside the field.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Self
from urllib.parse import parse_qs

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError, model_validator

from evidence import Selection, Snapshot
from geo.errors import Refused
from layers._layer import Layer, Theme
from layers._registry import LAYERS


def _month(text: str | date | None) -> date | None:
    if isinstance(text, date) or not text:
        return text or None
    try:
        return date.fromisoformat(f"{text}-01")
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

    @model_validator(mode="after")
    def _months_in_order(self) -> Self:
        if self.first and self.last and self.first > self.last:
            raise ValueError(f"last: the months end ({self.last:%Y-%m}) before they begin ({self.first:%Y-%m})")
        return self


def understood_filters(asked: Mapping[str, Any]) -> tuple[Filters, dict[str, str]]:
    """The filters as far as they can be read, and what is wrong with the others, in words by field."""
    given = dict(asked)
    problems: dict[str, str] = {}
    while True:
        try:
            return Filters.model_validate(given), problems
        except ValidationError as error:
            for each in error.errors()[::-1]:
                field, *at = each["loc"] or ("last",)
                problems[str(field)] = _problem(each)
                if not each["loc"]:
                    given |= {"first": None, "last": None}
                elif at:
                    given[str(field)] = [value for value in given[str(field)] if value != each["input"]]
                else:
                    del given[str(field)]


def _problem(error: Any) -> str:
    if error["type"] == "enum":
        known = error["ctx"]["expected"].replace("'", "")
        return f"There is no {error['loc'][0]} {error['input']}: choose {known}."
    message = error["msg"].removeprefix("Value error, ").removeprefix("last: ")
    told = f"{error['input']}: " if isinstance(error["input"], str) else ""
    return f"{told}{message[0].lower()}{message[1:]}."


def filter_problems(filters: Filters, layer: Layer, rows: Snapshot, estates: Collection[str]) -> dict[str, str]:
    """What of the filters a layer, its data or the estates in use do not have, in words by field.

    Parameters
    ----------
    estates
        The codes of the estates in use.
    """
    known = {"category": layer.categories, "estate": estates}
    problems = {}
    for name, values in known.items():
        if unknown := sorted(set(getattr(filters, name)) - set(values)):
            problems[name] = _unknown(layer, name, unknown, values)
    if rows.first and rows.last:
        between = f"{layer.title} has data from {rows.first:%B %Y} to {rows.last:%B %Y}"
        if filters.first and filters.first > rows.last:
            problems["first"] = f"{between}, and none from {filters.first:%B %Y} on."
        if filters.last and filters.last < rows.first:
            problems["last"] = f"{between}, and none up to {filters.last:%B %Y}."
    return problems


def outside_data(filters: Filters, layer: Layer, rows: Snapshot) -> dict[str, str]:
    """What a page tells of months that lie in part outside the data, in words by field: they are left out."""
    problems = {}
    if filters.first and rows.first and filters.first < rows.first:
        problems["first"] = f"{layer.title} has no data before {rows.first:%B %Y}, where this begins."
    if filters.last and rows.last and filters.last > rows.last:
        problems["last"] = f"{layer.title} has no data after {rows.last:%B %Y}, where this ends."
    return problems


def _unknown(layer: Layer, name: str, unknown: Sequence[str], known: Collection[str]) -> str:
    if name == "category":
        return f"{layer.title} has no category {', '.join(unknown)}: it has {', '.join(known)}."
    return f"There is no estate {', '.join(unknown)}: give its code, as in {min(known, default='MK-001')}."


def selection(filters: Filters, layer: Layer) -> Selection:
    """The rows of a layer that the filters ask for.

    Raises
    ------
    Refused
        The layer has no such category.
    """
    unknown = sorted(set(filters.category) - set(layer.categories))
    if unknown:
        raise Refused(_unknown(layer, "category", unknown, layer.categories))
    return Selection(
        frozenset(filters.theme),
        frozenset(filters.category),
        frozenset(filters.estate),
        filters.first,
        filters.last,
    )


def known_selection(filters: Filters, layer: Layer, estates: Collection[str]) -> Selection:
    """The rows that the filters ask for, as far as the layer and the estates in use have what they name."""
    known = {"category": layer.categories, "estate": estates}
    left = {name: [value for value in getattr(filters, name) if value in values] for name, values in known.items()}
    return selection(filters.model_copy(update=left), layer)


def checked_selection(filters: Filters, layer: Layer, rows: Snapshot, estates: Collection[str]) -> Selection:
    """The rows that the filters ask for.

    Raises
    ------
    Refused
        A category or an estate is not known, or the months lie outside the data.
    """
    if problems := filter_problems(filters, layer, rows, estates):
        raise Refused(" ".join(problems.values()))
    return selection(filters, layer)


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
        names = [part for part in error["loc"] if isinstance(part, str) and part != "query"]
        message = error["msg"].removeprefix("Value error, ")
        told.append(f"{names[-1]}: {message[0].lower()}{message[1:]}" if names else message)
    return f"The address is not right in {'; '.join(told)}."
