from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.reporting import Reporting, reporting
from geo.rates import rate_ratio

CODES = ["A", "B", "C"]
HOMES = {"A": 100, "B": 300}
"""And none in C."""


def rows(*counts: tuple[str | None, int, bool], **more: Any) -> pl.DataFrame:
    """So many reports of an estate, each from a home of its own; whether they are unprompted."""
    made = [
        {"estate": estate, "uprn": f"{estate}{unprompted}{number}", "unprompted": unprompted} | more
        for estate, count, unprompted in counts
        for number in range(count)
    ]
    return pl.DataFrame(made, {"estate": pl.String, "uprn": pl.String, "unprompted": pl.Boolean})


def reporting_in_the_first_estate(given: pl.DataFrame, answers: dict[str, int] | None = None) -> Reporting:
    """Who reports in the first estate."""
    found = reporting(given, HOMES, CODES, answers)[0]
    assert found
    return found


def test_reports_per_home_are_set_beside_the_districts() -> None:
    """By hand: 20 of 100 homes, where 140 are of 400; limits as of two Poisson counts."""
    found = reporting_in_the_first_estate(
        rows(("A", 20, False), ("B", 120, False), ("A", 9, True), ("B", 27, True), (None, 50, False))
    ).chosen
    assert found
    assert (found.count, found.per_home) == (20, 0.2)
    limits = [float(each) for each in rate_ratio(20, 100, 140, 400)]
    assert (found.ratio, found.low, found.high) == pytest.approx(limits)
    assert found.ratio == pytest.approx(0.2 / 0.35)


def test_one_home_that_reports_ten_times_says_less_than_ten_homes() -> None:
    """By hand: twenty homes of 400 report ten times each: the variance is 10 - 0.5 times that of chance."""
    series = rows(*[("A", 10, False), ("B", 10, False)] * 10).with_columns(uprn=pl.lit("home") + pl.col("uprn"))
    found = reporting_in_the_first_estate(pl.concat([series, rows(("A", 5, True), ("B", 15, True))])).chosen
    assert found
    limits = [float(each) for each in rate_ratio(100 / 9.5, 100, 200 / 9.5, 400)]
    assert (found.ratio, found.low, found.high) == pytest.approx(limits)


def test_what_has_no_address_is_taken_to_be_like_the_rest() -> None:
    """Of half the reports the home is not known: only half of what homes differ by is seen."""
    known = rows(*[("B", 4, False)] * 25).with_columns(uprn=pl.lit("h") + pl.col("uprn").str.slice(-1))
    assert known["uprn"].n_unique() == 4
    unknown = known.with_columns(uprn=pl.lit(None, pl.String))
    found = reporting_in_the_first_estate(pl.concat([known, unknown, rows(("A", 5, True))]))
    assert found.chosen
    seen = 25 - 100 / 400 - 1
    limits = [float(each) for each in rate_ratio(0, 100, 200 / (1 + 2 * seen), 400)]
    assert (found.chosen.ratio, found.chosen.low, found.chosen.high) == pytest.approx(limits)


def test_the_share_of_repeat_reporters_is_of_reports_with_an_address() -> None:
    """By hand: three and four reports from one address each, two from another, and one from none: 7 of 9."""
    given = pl.DataFrame(
        {"estate": ["A"] * 11, "uprn": [*"111", *"2222", *"33", None, "1"], "unprompted": [False] * 10 + [True]},
        {"estate": pl.String, "uprn": pl.String, "unprompted": pl.Boolean},
    )
    assert reporting_in_the_first_estate(given).repeat == pytest.approx(7 / 9)
    assert reporting_in_the_first_estate(rows(("A", 5, False))).repeat == 0
    assert reporting_in_the_first_estate(rows(("A", 5, True), ("B", 5, False))).repeat is None


def test_the_response_is_of_homes() -> None:
    """None without a survey; 0 where nobody answered it."""
    given = rows(("A", 20, False), ("A", 5, True))
    assert reporting_in_the_first_estate(given).response is None
    assert reporting_in_the_first_estate(given, {"A": 12}).response == 0.12
    assert reporting_in_the_first_estate(given, {"B": 12}).response == 0


def test_an_estate_without_homes_has_no_panel() -> None:
    """Whatever is reported there."""
    found = reporting(rows(("C", 20, False), ("A", 20, False)), HOMES, CODES)
    assert [each is None for each in found] == [False, False, True]


def test_quiet_is_told_from_calm() -> None:
    """Few reports alone are not enough: what nobody has to report must be there as elsewhere."""
    quiet = reporting_in_the_first_estate(rows(("A", 30, False), ("B", 400, False), ("A", 50, True), ("B", 150, True)))
    assert quiet.quiet
    assert quiet.sentence.startswith(
        "Quiet rather than calm: 0.28 times the district's reports per home (likely between "
    )
    assert ", but 1.00 times what comes to light without anybody's choosing to report it (likely " in quiet.sentence
    calm = reporting_in_the_first_estate(rows(("A", 30, False), ("B", 400, False), ("A", 12, True), ("B", 150, True)))
    assert not calm.quiet
    assert calm.sentence.endswith(": this is calm rather than quiet.")
    unknown = reporting_in_the_first_estate(rows(("A", 30, False), ("B", 400, False), ("A", 2, True), ("B", 20, True)))
    assert not unknown.quiet
    assert unknown.sentence.endswith(": whether this is quiet or calm cannot be told.")
    usual = reporting_in_the_first_estate(rows(("A", 90, False), ("B", 300, False), ("A", 50, True), ("B", 150, True)))
    assert not usual.quiet
    assert usual.sentence.startswith("0.92 times the district's reports per home (likely between ")
    assert usual.sentence.endswith(").")


def test_without_unprompted_reports_nothing_is_called_quiet() -> None:
    """There is nothing to set the silence beside."""
    found = reporting_in_the_first_estate(rows(("A", 5, False), ("B", 400, False)))
    assert (found.unprompted, found.quiet) == (None, False)
    assert "the district's reports per home" in found.sentence


@pytest.mark.parametrize("given", [rows(), rows(("A", 5, True), ("B", 20, True))])
def test_without_reports_it_is_said(given: pl.DataFrame) -> None:
    """And no number is given."""
    found = reporting_in_the_first_estate(given)
    assert (found.chosen, found.quiet) == (None, False)
    assert found.sentence == "Nothing is reported in the whole district."


def simulated(level: float, spoken: float, homes: int, seed: int) -> pl.DataFrame:
    """An estate beside a district of 10,000 homes; homes differ, as a gamma distribution of shape 2 does."""
    random = np.random.default_rng(seed)
    made = []
    for estate, number, rates in (("A", homes, (1.25 * level * spoken, 0.2 * level)), ("B", 10_000, (1.25, 0.2))):
        for rate, unprompted in zip(rates, (False, True), strict=True):
            counts = random.poisson(rate * random.gamma(2, 1 / 2, number))
            uprn = np.repeat(np.arange(number), counts).astype(str)
            made.append(
                pl.DataFrame({"uprn": uprn}).select(pl.lit(estate).alias("estate"), "uprn", unprompted=unprompted)
            )
    return pl.concat(made).with_columns(uprn=pl.col("estate") + pl.col("uprn"))


@pytest.mark.simulation
@pytest.mark.parametrize(
    ("level", "spoken", "homes", "least", "most"),
    [(1, 1, 200, 0, 1), (0.45, 1, 50, 0, 4), (0.45, 1, 200, 0, 4), (1, 0.45, 200, 50, 60), (1, 0.45, 50, 10, 35)],
)
def test_simulated_estates_are_told_apart(level: float, spoken: float, homes: int, least: int, most: int) -> None:
    """Of 60: usual and calm ones are hardly ever called quiet, quiet ones of 200 homes mostly, smaller ones in part."""
    given = {"A": homes, "B": 10_000}
    quiet = [reporting(simulated(level, spoken, homes, seed), given, ["A", "B"])[0] for seed in range(60)]
    assert least <= sum(bool(each and each.quiet) for each in quiet) <= most
