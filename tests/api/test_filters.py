from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from api.filters import Filters, selection, selection_of, sentence, understood_filters
from evidence import Selection
from geo.errors import Refused
from layers._layer import Layer, Theme
from layers._registry import LAYERS

ALL = list(LAYERS.values())
of_every_layer = pytest.mark.parametrize("layer", ALL, ids=[layer.id for layer in ALL])


def test_the_same_words_give_the_same_selection_everywhere() -> None:
    """Filters parsed for a page and the query string of a tile mean the same."""
    words = {"theme": ["safety"], "estate": ["E01", "E02"], "first": "2026-01", "last": "2026-03"}
    asked = Filters.model_validate(words)
    query = "theme=safety&estate=E02&estate=E01&first=2026-01&last=2026-03"
    expected = Selection(
        frozenset({Theme.SAFETY}), frozenset(), frozenset({"E01", "E02"}), date(2026, 1, 1), date(2026, 3, 1)
    )
    assert selection(asked, ALL[0]) == selection_of(ALL[0].id, query) == expected


@of_every_layer
def test_categories_are_those_of_the_layer(layer: Layer) -> None:
    """Each of its own is taken, one it does not have is refused with those that it has."""
    query = "&".join(f"category={quote(category)}" for category in layer.categories)
    assert selection_of(layer.id, query).categories == set(layer.categories)
    with pytest.raises(Refused, match=f"no category zebra: it has {layer.categories[0]}"):
        selection_of(layer.id, "category=zebra")


def test_what_is_empty_filters_nothing() -> None:
    """A form sends its empty fields too."""
    assert selection_of(ALL[0].id, "theme=&category=&estate=&first=&last=&v=") == Selection()
    assert selection_of(ALL[0].id, "") == Selection()


def test_the_version_in_a_tiles_address_is_no_filter() -> None:
    """It only makes the address another one."""
    assert selection_of(ALL[0].id, "v=1234&estate=E01") == selection_of(ALL[0].id, "estate=E01")


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-1", "2026", "2026-01-15", "1700000000", "0", "january", "\0", "2026-01 "]
)
@pytest.mark.parametrize("name", ["first", "last"])
def test_what_is_no_month_is_refused_with_how_one_is_written(name: str, month: str) -> None:
    """Pydantic alone would take a number for seconds since 1970, and a day would cut a month in two."""
    with pytest.raises(Refused, match=rf"in {name}: it must be a month, as in 2026-01\.$"):
        selection_of(ALL[0].id, f"{name}={quote(month)}")


@pytest.mark.parametrize(
    ("query", "named"),
    [("theme=noise", "theme"), ("theme=safety&theme=noise", "theme"), ("colour=red", "colour"), ("%C3%BC=1", "ü")],
)
def test_a_parameter_that_is_not_right_is_named(query: str, named: str) -> None:
    """By its name, also where it was one of several values."""
    with pytest.raises(Refused, match=rf"^The address is not right in {named}: .*\.$"):
        selection_of(ALL[0].id, query)


def test_everything_that_is_wrong_is_said_in_one_sentence() -> None:
    """Two mistakes are told together."""
    with pytest.raises(ValidationError) as raised:
        Filters.model_validate({"theme": ["noise"], "first": "soon"})
    told = sentence(raised.value.errors())
    assert told.index("theme: ") < told.index("; first: ")
    assert told.count(".") == 1


def test_months_are_written_as_they_are_read() -> None:
    """A link to the next page says the month as the first page did."""
    asked: dict[str, Any] = {"first": "0999-12", "last": "2026-01"}
    assert Filters.model_validate(asked).model_dump(mode="json", exclude_defaults=True) == asked


def test_months_that_end_before_they_begin_are_refused() -> None:
    """Nothing is turned round."""
    with pytest.raises(Refused, match=r"last: the months end \(2025-01\) before they begin \(2025-03\)\.$"):
        selection_of(ALL[0].id, "first=2025-03&last=2025-01")


def test_what_is_understood_is_kept_and_the_rest_is_told() -> None:
    """Of a list the values that are wrong, of months the field; nothing is told of what is right or empty."""
    asked = {"theme": ["safety", "weather", ""], "category": ["x"], "estate": [], "first": "soon", "last": "2026-01"}
    filters, problems = understood_filters(asked)
    assert (filters.theme, filters.category, filters.first, filters.last) == (
        [Theme.SAFETY],
        ["x"],
        None,
        date(2026, 1, 1),
    )
    assert list(problems) == ["first", "theme"]
    assert problems["theme"].startswith("There is no theme weather: choose safety, cleanliness, ")
    assert understood_filters({"theme": [""], "first": ""}) == (Filters(), {})
    assert understood_filters({"first": "2026-02", "last": "2026-01"})[1].keys() == {"last"}


@of_every_layer
def test_the_api_answers_400_for_what_a_layer_does_not_have(officer: TestClient, layer: Layer) -> None:
    """A category, an estate, months outside the data: each with what there is."""
    path = f"/api/collections/{layer.id}/items"
    for query, said in {
        "category=zebra": "has no category zebra: it has ",
        "estate=E99": "There is no estate E99: give its code, as in E01.",
        "first=2031-01": "and none from January 2031 on.",
        "last=1999-12": "and none up to December 1999.",
        "first=2025-03&last=2025-01": "the months end (2025-01) before they begin (2025-03)",
    }.items():
        answer = officer.get(f"{path}?{query}")
        assert (answer.status_code, said in answer.json()["detail"]) == (400, True), answer.text


@pytest.mark.parametrize("collection", ["estates", "asb-hotspots", "priorities"])
def test_no_collection_takes_an_estate_that_is_not_there(officer: TestClient, collection: str) -> None:
    """An empty list would look like nothing to see."""
    answer = officer.get(f"/api/collections/{collection}/items?estate=E01&estate=E99")
    assert answer.status_code == 400 and "E99: give its code" in answer.json()["detail"]
