from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import ValidationError

from api.asking import Filters, selection, selection_of, sentence
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
    asked: dict[str, Any] = {"first": "2026-01", "last": "0999-12"}
    assert Filters.model_validate(asked).model_dump(mode="json", exclude_defaults=True) == asked


def test_layers_that_may_not_be_seen_are_as_if_they_were_not(application: FastAPI, stranger: TestClient) -> None:
    """The answer for a layer that is counted is that for one that does not exist, but for its name."""
    assert application.state.database
    shown = {each["id"] for each in stranger.get("/api/collections").json()["collections"]}
    hidden = [layer.id for layer in ALL if layer.id not in shown]
    assert hidden
    for path in (
        "/api/collections/{}",
        "/api/collections/{}/items",
        "/api/collections/{}/items/1",
        "/tiles/{}/8/84/127.mvt",
    ):
        for name in hidden:
            answer, nothing = stranger.get(path.format(name)), stranger.get(path.format("zebra"))
            assert answer.status_code == nothing.status_code == 404
            assert answer.text == nothing.text.replace("zebra", name)


def test_the_officer_sees_every_layer(officer: TestClient) -> None:
    """Signed in, each layer has its collection."""
    assert {layer.id for layer in ALL} < {each["id"] for each in officer.get("/api/collections").json()["collections"]}
