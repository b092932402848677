from typing import Any

import numpy as np
import polars as pl
import pytest
from shapely import box

from evidence.intake.locate import Locator, plain_postcode
from evidence.intake.rows import ROW
from evidence.intake.validate import Problems
from geo.areas import AreaIndex

# Two estates wall to wall in a district, and what is known of its homes; published with OSTN15: Caister's place.
ESTATES = AreaIndex(["E02", "E01"], [box(486000, 236000, 487000, 237000), box(485000, 236000, 486000, 237000)])
DISTRICT = AreaIndex(["D"], [box(481000, 232000, 491000, 242000)])
CAISTER, CAISTER_GRID = (1.3107334884, 52.6276035206), (624161.0, 308459.58)


def places_by_key(**places: tuple[float, float]) -> pl.DataFrame:
    """Places by key."""
    schema = {"key": pl.String, "x": pl.Float64, "y": pl.Float64}
    return pl.DataFrame([(key, *place) for key, place in places.items()], schema=schema, orient="row")


LOCATOR = Locator(
    ESTATES,
    DISTRICT,
    homes=places_by_key(**{"123": (485100, 236100), "456": (500000, 250000)}),
    postcodes=places_by_key(**{"MK6 3AB": (486100, 236100)}),
    names={"beanhill": "E01", "e01": "E01", "e02": "E02"},
)


def located(locator: Locator = LOCATOR, **row: Any) -> dict[str, Any]:
    """Where one row is, with what was wrong with it under `reason`."""
    schema = dict.fromkeys(("easting", "northing", "longitude", "latitude"), pl.Float64)
    texts = dict.fromkeys(("uprn", "postcode", "estate"), pl.String)
    fields = {**schema, **texts}
    rows = pl.DataFrame([{name: row.get(name) for name in fields}], schema=fields)
    problems = Problems()
    found = locator.locate(rows.with_columns(pl.lit(2, pl.Int32).alias(ROW)), problems)
    return {**found.row(0, named=True), "reason": problems.frame()["reason"].to_list()}


GRID: dict[str, Any] = {"easting": 486500.0, "northing": 236500.0}
HOME: dict[str, Any] = {"uprn": "123"}
UNIT: dict[str, Any] = {"postcode": "mk63ab"}
NAMED: dict[str, Any] = {"estate": "Bean Hill"}


@pytest.mark.parametrize(
    ("row", "how", "place", "estate"),
    [
        ({**GRID, **HOME, **UNIT, **NAMED}, "coordinates", (486500, 236500), "E02"),
        ({**HOME, **UNIT, "estate": "E02"}, "uprn", (485100, 236100), "E01"),
        ({"uprn": "999", **UNIT, **NAMED}, "postcode", (486100, 236100), "E02"),
        ({"uprn": "999", "postcode": "MK1 1AA", **NAMED}, "estate", (None, None), "E01"),
        ({"uprn": "999", "postcode": "MK1 1AA", "estate": "Atlantis"}, "none", (None, None), None),
        ({}, "none", (None, None), None),
        ({"easting": 486500.0, **HOME}, "uprn", (485100, 236100), "E01"),
        ({"northing": 236500.0, "latitude": 52.0}, "none", (None, None), None),
        ({"easting": 482000.0, "northing": 233000.0, **NAMED}, "coordinates", (482000, 233000), None),
        ({"uprn": "456"}, "uprn", (500000, 250000), None),
    ],
)
def test_the_most_precise_place_that_is_known_wins(
    row: dict[str, Any], how: str, place: tuple[float | None, float | None], estate: str | None
) -> None:
    """Coordinates, then the UPRN, the postcode, the estate's name; what is half there or unknown is passed over."""
    found = located(**row)
    assert (found["located_by"], found["easting"], found["northing"], found["estate"]) == (how, *place, estate)
    assert found["reason"] == []


@pytest.mark.parametrize("name", ["Beanhill", "BEAN HILL", "bean-hill", "e01", "E 01"])
def test_an_estate_is_known_by_its_name_and_its_code(name: str) -> None:
    """However it is spelled."""
    assert located(estate=name)["estate"] == "E01"


def test_degrees_go_through_ostn15_and_the_grid_comes_first() -> None:
    """A published point, to the centimetre; a row with both systems is where its metres say."""
    everywhere = Locator(ESTATES)
    found = located(everywhere, longitude=CAISTER[0], latitude=CAISTER[1])
    assert (found["easting"], found["northing"]) == pytest.approx(CAISTER_GRID, abs=0.01)
    both = located(everywhere, **GRID, longitude=CAISTER[0], latitude=CAISTER[1])
    assert (both["easting"], both["northing"], both["estate"]) == (486500, 236500, "E02")
    assert (found["longitude"], found["latitude"]) == pytest.approx(CAISTER, abs=1e-7)


def test_degrees_are_kept_beside_the_metres_however_a_row_was_located() -> None:
    """Maps need both."""
    by_home, by_grid = located(**HOME), located(easting=485100.0, northing=236100.0)
    assert by_home["longitude"] == by_grid["longitude"] == pytest.approx(-0.76, abs=0.01)
    assert by_home["latitude"] == by_grid["latitude"] == pytest.approx(52.0, abs=0.05)


@pytest.mark.parametrize(
    "place",
    [
        {"easting": 480999.9, "northing": 236500.0},
        {"easting": 236500.0, "northing": 486500.0},
        {"easting": 0.0, "northing": 0.0},
        {"easting": 1e300, "northing": -1e300},
        {"longitude": 0.0, "latitude": 0.0},
        {"longitude": 52.0, "latitude": -0.76},
        {"longitude": 500.0, "latitude": 95.0},
    ],
)
@pytest.mark.parametrize("also", [{}, HOME])
def test_coordinates_outside_the_district_are_refused(place: dict[str, Any], also: dict[str, Any]) -> None:
    """Swapped, missing a digit or none at all: even where the row has another place, it contradicts itself."""
    assert located(**place, **also)["reason"] == ["the coordinates lie outside the district"]


def test_without_a_district_all_of_great_britain_is_allowed() -> None:
    """And nothing else: a row must not be located where no map can show it."""
    nation = Locator(ESTATES)
    assert located(nation, easting=624161.0, northing=308459.58)["reason"] == []
    places: list[dict[str, Any]] = [{"longitude": 0.0, "latitude": 0.0}, {"easting": 1e9, "northing": 1e9}]
    for place in places:
        assert located(nation, **place)["reason"] == ["the coordinates lie outside Great Britain"]


@pytest.mark.parametrize("x", [485000.0, 486000.0, 487000.0])
@pytest.mark.parametrize("y", [236000.0, 236500.0, 237000.0])
def test_a_point_on_a_shared_edge_goes_to_the_smaller_code(x: float, y: float) -> None:
    """Corners and edges belong to an estate, and between two to the first by code."""
    assert located(easting=x, northing=y)["estate"] == ("E02" if x > 486000 else "E01")


def test_every_row_of_a_batch_is_located_for_itself() -> None:
    """A thousand rows with every mixture of places: the answers are those of the rows alone."""
    random = np.random.default_rng(5)
    choices: list[dict[str, Any]] = [{}, GRID, HOME, UNIT, NAMED, {**HOME, **NAMED}, {"uprn": "999", **UNIT}]
    alone = [located(**row) for row in choices]
    chosen = random.integers(len(choices), size=1000)
    names = ["easting", "northing", "longitude", "latitude", "uprn", "postcode", "estate"]
    kinds = [pl.Float64] * 4 + [pl.String] * 3
    rows = [{name: choices[at].get(name) for name in names} for at in chosen]
    batch = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True))).with_row_index(ROW)
    found = LOCATOR.locate(batch, Problems()).rows(named=True)
    for name in (*names, "located_by"):
        assert [row[name] for row in found] == [alone[at][name] for at in chosen]


@pytest.mark.parametrize("spelling", ["MK6 3AB", "mk63ab", " Mk6  3aB ", "MK6-3AB", "M K 6 3 A B"])
def test_a_postcode_is_written_one_way(spelling: str) -> None:
    """Capitals and one space."""
    assert pl.select(plain_postcode(pl.lit(spelling))).item() == "MK6 3AB"


def test_no_postcode_is_none() -> None:
    """What has neither letters nor digits says nothing."""
    assert (
        pl.DataFrame({"text": ["-", "???", None]}).select(plain_postcode(pl.col("text")))["text"].to_list()
        == [None] * 3
    )
