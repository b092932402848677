from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.households import MOST, NO_REPEAT, spread_between_homes, with_households

LAST = date(2026, 6, 1)
SCHEMA = {
    "uprn": pl.String,
    "located_by": pl.String,
    "easting": pl.Float64,
    "northing": pl.Float64,
    "happened": pl.Date,
    "theme": pl.String,
}


def rows(*given: tuple[Any, ...]) -> pl.DataFrame:
    """Rows with uprn, how they were located, a point, a day and a theme."""
    return pl.DataFrame(list(given), schema=SCHEMA, orient="row")


def which_count(of: pl.DataFrame, homes: int = 1000) -> list[bool]:
    """Which rows count."""
    return with_households(of, pl.col("theme"), LAST, homes).select(NO_REPEAT).to_series().to_list()


def test_repeats_of_a_home_count_twice_a_year_and_theme() -> None:
    """The first of them; another year and another theme begin anew."""
    home = ("100", "uprn", 1.0, 2.0)
    of = [(*home, date(2026, month, 1), "noise") for month in (6, 1, 5, 2)]
    of += [(*home, date(2026, 3, 1), "safety"), (*home, date(2025, 6, 30), "noise"), (*home, date(2025, 7, 1), "noise")]
    # By their days: July 2025 and January are the first two of the year to June 2026.
    assert which_count(rows(*of)) == [False, True, False, False, True, True, True]


def test_without_a_uprn_the_address_point_says_whose_it_is() -> None:
    """And the point of an estate or of nothing says nothing."""
    day = date(2026, 5, 1)
    same = [(None, "coordinates", 5.0, 6.0, day, "noise")] * 5
    nowhere = [(None, "none", None, None, day, "noise")] * 5
    assert which_count(rows(*same, *nowhere)) == [True] * MOST + [False] * (5 - MOST) + [True] * 5
    told = with_households(rows(*same, *nowhere), pl.col("theme"), LAST, 1000)
    assert told["home"].n_unique() == 2 and told["home"].null_count() == 5
    assert told.columns == [*SCHEMA, "home", "is_repeat"]


def test_a_home_among_those_of_its_postcode_cannot_outweigh_other_postcodes() -> None:
    """Of a postcode as many count as in 99 of 100; one from which fifteen more come has no more."""
    random, day = np.random.default_rng(1), date(2026, 5, 1)
    usual = [(None, "postcode", float(at), 0.0, day, "noise") for at in range(300) for _ in range(random.poisson(1.5))]
    many = [(None, "postcode", 500.0, 0.0, day, "noise")] * 17
    found = with_households(rows(*usual, *many), pl.col("theme"), LAST, 4500)
    by_place = dict(found.filter(NO_REPEAT).group_by("easting").len().iter_rows())
    assert by_place[500.0] == max(by_place.values()) <= 6
    assert found.filter(NO_REPEAT).height > 0.95 * len(usual)


def test_where_homes_have_many_as_many_count_as_chance_brings() -> None:
    """Of three repairs a home and year nearly all count; of a home with forty no more than of others."""
    random, day = np.random.default_rng(2), date(2026, 5, 1)
    usual = [(str(home), "uprn", 0.0, 0.0, day, "repairs") for home in range(500) for _ in range(random.poisson(3))]
    many = [("900", "uprn", 0.0, 0.0, day, "repairs")] * 40
    found = with_households(rows(*usual, *many), pl.col("theme"), LAST, 501)
    share = dict(found.group_by(pl.col("uprn") == "900").agg(NO_REPEAT.mean()).iter_rows())
    assert share[False] > 0.99 and share[True] == pytest.approx(13 / 40, abs=0.05)


def test_order_and_rows_stay() -> None:
    """Nothing else is changed; of no rows there are none."""
    of = rows(("2", "uprn", 1.0, 1.0, date(2026, 5, 1), "a"), ("1", "uprn", 1.0, 1.0, date(2025, 5, 1), "b"))
    assert with_households(of, pl.col("theme"), LAST, 10).select(list(SCHEMA)).equals(of)
    assert with_households(rows(), pl.col("theme"), LAST, 0).is_empty()


def test_the_spread_is_that_of_homes_that_report_again_and_again() -> None:
    """1 by chance alone; of homes whose mean differs as a gamma distribution, 1 more than its scale."""
    random = np.random.default_rng(3)
    for scale in (0.0, 1.0, 2.0):
        mean = random.gamma(0.5 / scale, scale, 20_000) if scale else np.full(20_000, 0.5)
        uprn = np.repeat(np.arange(20_000), random.poisson(mean)).astype(str)
        found = spread_between_homes(pl.Series(uprn), 20_000)
        assert found == pytest.approx(1 + scale, abs=0.15)
    assert spread_between_homes(pl.Series([], dtype=pl.String), 0) == 1.0
