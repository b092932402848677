import numpy as np
import pytest

from geo.trend import TrendClass, month_alone, sentence, trend_class

QUIET, BUSY = [1] * 12, [3, 2, 3, 2, 3, 2, 3, 2, 3, 3, 2, 3]
STEADY = [90] * 60


@pytest.mark.parametrize(
    ("before", "now", "high_before", "high_now", "expected"),
    [
        (QUIET, BUSY, False, True, TrendClass.NEW),
        (QUIET, BUSY, True, True, TrendClass.INTENSIFYING),
        (BUSY, BUSY, True, True, TrendClass.PERSISTENT),
        (BUSY, QUIET, True, True, TrendClass.FADING),
        (BUSY, QUIET, True, False, TrendClass.FADING),
        # Surely fewer, though all in one month, so that the test by months sees no fall.
        ([0] * 11 + [40], [0] * 11 + [5], True, False, TrendClass.FADING),
        ([0] * 11 + [40], [0] * 11 + [5], True, True, TrendClass.PERSISTENT),
        # One month alone: neither new, nor high for good.
        (QUIET, [1] * 11 + [40], False, True, TrendClass.ONE_OFF),
        (QUIET, [1] * 11 + [40], True, True, TrendClass.PERSISTENT),
        # High by a hair now and not before: it cannot be told that it has changed.
        (BUSY, BUSY, False, True, TrendClass.UNSURE),
        (BUSY, BUSY, True, False, TrendClass.NONE),
        (QUIET, BUSY, False, False, TrendClass.NONE),
        ([0] * 12, [0] * 12, False, False, TrendClass.NONE),
    ],
)
def test_courses(before: list[int], now: list[int], high_before: bool, high_now: bool, expected: TrendClass) -> None:
    """Each rule of the list, and its borders."""
    assert trend_class(before + now, STEADY[:24], high_now, high_before, 12).trend_class == expected


def test_a_rise_of_years_that_has_turned_is_not_intensifying() -> None:
    """Sure over five years, but the last has fewer than the one before: no sure change is said."""
    years = [year * 10 + month % 3 for year in (1, 2, 3, 5, 4) for month in range(12)]
    change = trend_class(years, STEADY, True, True)
    assert change.z > 0
    assert change.p < 0.001
    assert change.trend_class == TrendClass.PERSISTENT


def test_only_what_follows_the_last_gap_is_used() -> None:
    """With 20 months after it the series is too short; with 24 it is told from those alone."""
    short = trend_class([5] * 40 + [np.nan] + [5] * 20, [90] * 61, True, True)
    assert (short.trend_class, short.months, short.years) == (TrendClass.TOO_SHORT, 20, None)
    enough = trend_class([900] * 40 + [np.nan, *QUIET, *BUSY], [90] * 65, True, False)
    assert (enough.trend_class, enough.months) == (TrendClass.NEW, 24)
    assert enough == trend_class(QUIET + BUSY, STEADY[:24], True, False)
    assert trend_class([], [], False, False).trend_class == TrendClass.TOO_SHORT


def test_chance_seldom_makes_a_course() -> None:
    """1,000 steady series of 36 months, high all along: at most 6 in 100 are called intensifying or fading."""
    series = np.random.default_rng(9).poisson(4, (1000, 36))
    courses = [trend_class(each, STEADY[:36], True, True).trend_class for each in series]
    assert 0.01 < np.mean([each != TrendClass.PERSISTENT for each in courses]) < 0.06


@pytest.mark.parametrize(
    ("months", "high_now", "high_before", "words"),
    [
        (
            QUIET + BUSY,
            True,
            False,
            "High now and not the year before: 31 reports in the last 12 months, 12 in the 12 before, "
            "2.6 times as many (likely between 1.3 and 5.5).",
        ),
        (
            QUIET + QUIET + BUSY,
            True,
            True,
            "High, and rising over 36 months: 31 reports in the last 12 months, 12 in the 12 before, "
            "2.6 times as many (likely between 1.3 and 5.5).",
        ),
        (
            BUSY + QUIET,
            False,
            True,
            "Was high, and is falling: 12 reports in the last 12 months, 31 in the 12 before, "
            "0.4 times as many (likely between 0.2 and 0.8).",
        ),
        (
            QUIET * 2,
            True,
            True,
            "High in both years, with no sure change: 12 reports in the last 12 months, 12 in the 12 before, "
            "about as many (likely between 0.4 and 2.4).",
        ),
        (
            [0] * 12 + BUSY,
            True,
            False,
            "High now and not the year before: 31 reports in the last 12 months, none in the 12 before, "
            "likely at least 7.9 times as many.",
        ),
        (
            BUSY + [0] * 12,
            False,
            True,
            "Was high, and is falling: no reports in the last 12 months, 31 in the 12 before, "
            "likely at most 0.1 times as many.",
        ),
        (
            [0] * 23 + [1],
            False,
            False,
            "Not high now: 1 report in the last 12 months, none in the 12 before, too few to compare.",
        ),
        ([0] * 24, False, False, "Not high now: no reports in the last 24 months."),
        (
            [1000] * 12 + [0] * 11 + [1],
            False,
            True,
            "Was high, and is falling: 1 report in the last 12 months, 12,000 in the 12 before, "
            "under 0.01 times as many (likely between under 0.01 and under 0.01).",
        ),
        ([4] * 7, True, True, "Too short to say: 7 complete months in a row, and 24 are needed."),
        ([4], True, True, "Too short to say: 1 complete month in a row, and 24 are needed."),
    ],
)
def test_sentences(months: list[int], high_now: bool, high_before: bool, words: str) -> None:
    """Each course in a sentence with its numbers; never infinite, not a number, or a false zero."""
    change = trend_class(months, STEADY[: len(months)], high_now, high_before)
    assert sentence(change, ("report", "reports")) == words


def test_what_happens_everywhere_is_no_news_of_an_area() -> None:
    """Twice as much in a district that has twice as much, and as much as before in it; both are said."""
    elsewhere = [50] * 12 + [100] * 12
    doubled, stayed = ([4] * 12 + [8] * 12, [8] * 24)
    assert trend_class(doubled, elsewhere, True, True).trend_class == TrendClass.PERSISTENT
    change = trend_class(stayed, elsewhere, False, True)
    assert change.trend_class == TrendClass.FADING
    assert sentence(change).endswith(
        "96 cases in the last 12 months, 96 in the 12 before. Elsewhere 2.0 times as many; beside that, "
        "0.5 times as many (likely between 0.4 and 0.7)."
    )


def test_a_one_off_is_seldom_told_of_chance() -> None:
    """Of 2,000 steady years hardly any; of those in which one month has as much as the others together, all."""
    random = np.random.default_rng(7)
    years = random.poisson(5, (2000, 12))
    alike = np.ones(12)
    assert np.mean([month_alone(year, alike, 60) is not None for year in years]) < 0.005
    years[:, 4] += 60
    assert np.mean([month_alone(year, alike, 60) == 4 for year in years]) > 0.9
    assert month_alone([0] * 12, alike, 60) is None


def test_a_year_that_is_high_without_its_highest_month_is_no_one_off() -> None:
    """Three times as much as is usual in every month, and once more in one."""
    assert month_alone([9] * 11 + [60], [1] * 12, 36) is None
    assert month_alone([3] * 11 + [60], [1] * 12, 36) == 11
