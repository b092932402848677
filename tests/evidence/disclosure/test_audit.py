"""The audit against the enumeration of every whole table that agrees with what is published, and planted traps."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evidence.disclosure.audit import Finding, Known, Secrets, audit, secrets, sums

FEWEST, ROUND = 3, 3
"""Smaller than in life, so that every table can be listed; what is said of them holds for any."""


def nowhere_small(of: object) -> NDArray[np.bool_]:
    """No area has too few homes."""
    return np.zeros(of.shape[0], np.bool_)  # type: ignore[attr-defined]


def publication(
    counts: list[int], figures: list[list[int]], fewest: int = FEWEST, to: int = ROUND
) -> tuple[Known, Secrets]:
    """What a reader knows if every figure is rounded, those below `fewest` are withheld, and nothing else is done."""
    of = sums(figures, len(counts))
    total = np.asarray(of @ np.array(counts))
    below = total < fewest
    nearest = to * ((2 * total + to) // (2 * to))
    low, high = np.maximum(nearest - to // 2, fewest), nearest + (to - 1) // 2
    known = Known(of[~below], low[~below], high[~below])
    hidden = below.nonzero()[0]
    return known, secrets(known, of[hidden], nowhere_small, below=np.ones(len(hidden), bool), fewest=fewest)


def enumerated(known: Known, kept: Secrets, most: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each secret the lowest and the highest value in all tables of counts up to `most` that agree."""
    tables = np.array(list(product(range(most + 1), repeat=known.of.shape[1])))
    total = tables @ known.of.toarray().T
    agree = ((total >= known.low) & (total <= known.high)).all(axis=1)
    values = tables[agree] @ kept.of.toarray().T
    return values.min(axis=0), values.max(axis=0)


tables = st.lists(st.integers(0, 5), min_size=2, max_size=5)


@pytest.mark.simulation
@settings(deadline=None, max_examples=80)
@given(counts=tables, data=st.data())
def test_bounds_are_those_of_every_table_that_agrees(counts: list[int], data: st.DataObject) -> None:
    """Whatever sums are published with a total: found is exactly what enumeration finds narrow, with its bounds."""
    atoms = len(counts)
    subset = st.lists(st.integers(0, atoms - 1), min_size=1, max_size=atoms, unique=True).map(sorted)
    figures = [list(range(atoms)), *data.draw(st.lists(subset, max_size=5, unique_by=tuple))]
    known, kept = publication(counts, figures)
    total = sum(counts)
    if total < FEWEST:
        return  # nothing bounds the tables, so they cannot be listed
    low, high = enumerated(known, kept, min(int(known.high[0]), 9))
    narrow = (np.minimum(high, kept.ceiling) - low < kept.width) & (low < kept.floor)
    found = audit(known, kept, np.array(counts))
    assert [each.secret for each in found] == narrow.nonzero()[0].tolist()
    for each in found:
        assert (each.low, each.high) == (low[each.secret], high[each.secret])


def found_in(counts: list[int], figures: list[list[int]]) -> list[tuple[list[int], float, float]]:
    """Under the 10-5 rule, the atoms of each count that can be narrowed, from what to what."""
    known, kept = publication(counts, figures, fewest=10, to=5)
    found = audit(known, kept, np.array(counts))
    return [(kept.of[[each.secret]].indices.tolist(), each.low, each.high) for each in found]


def test_one_withheld_count_beside_a_published_total_is_found() -> None:
    """16 in all, rounded to 15, and 12 of them, rounded to 10, leave from 1 to 7 for the third."""
    assert found_in([12, 4], [[0], [1], [0, 1]]) == [([1], 1.0, 7.0)]


def test_a_total_of_many_rounded_counts_leaves_a_withheld_one_open() -> None:
    """Each rounding adds what the reader cannot know: from three figures on, all of 0 to 9 are in reach."""
    assert found_in([22, 31, 24, 4], [[0], [1], [2], [3], [0, 1, 2, 3]]) == []


def test_an_estate_by_which_two_boundary_sets_differ_is_found() -> None:
    """An area of 100 with one estate less is 95: the estate has from 1 to 9, of which one would be 0."""
    assert found_in([95, 5], [[0, 1], [0]]) == [([1], 1.0, 9.0)]


def test_what_two_areas_share_is_found() -> None:
    """Two areas overlap, and what each has alone is published too."""
    assert found_in([40, 3, 40], [[0, 1], [1, 2], [0], [2]]) == [([1], 1.0, 9.0)]


def test_a_withheld_year_between_two_published_ones_is_found() -> None:
    """The years to months 18 and 23 are 20 and 10, so 6 or more came in between months 7 and 11: all in year 14."""
    months = [0] * 24
    months[8], months[18], months[20] = 8, 10, 2
    years = [list(range(end - 11, end + 1)) for end in (14, 18, 23)]
    assert found_in(months, years) == [(years[0], 6.0, np.inf)]


def test_two_rolling_years_alone_do_not_tell_a_month() -> None:
    """What a month added is told only together with what the month that left took away."""
    months = [2, *[1] * 11, 6]
    assert found_in(months, [list(range(12)), list(range(1, 13))]) == []


def test_a_longer_period_less_a_shorter_one_is_found() -> None:
    """A year that is published beside two years gives the other year away."""
    assert found_in([3, 40], [[0, 1], [1]]) == [([0], 1.0, 9.0)]


def test_a_remainder_of_what_is_counted_for_the_district_only_is_found() -> None:
    """A total that held sensitive rows, beside estates that do not, would tell how many there are."""
    assert [atoms for atoms, _, _ in found_in([20, 20, 4], [[0], [1], [0, 1], [0, 1, 2]])] == [[2]]


def test_a_difference_that_can_only_be_ten_or_more_is_no_finding() -> None:
    """It would have been published."""
    assert found_in([60, 30], [[0, 1], [0]]) == []


def test_a_finding_names_the_figures_by_which_it_is_found() -> None:
    """Those that bind the bounds, and no other."""
    counts = [12, 4, 50, 60]
    known, kept = publication(counts, [[0], [0, 1], [2], [3]], fewest=10, to=5)
    (found,) = (each for each in audit(known, kept, np.array(counts)) if kept.of[[each.secret]].indices.tolist() == [1])
    assert found == Finding(found.secret, 1.0, 7.0, (0, 1))


def test_an_area_with_few_homes_stays_open_however_large_its_count() -> None:
    """From 33 to 41 is nine values: enough elsewhere, too few where fewer than ten homes are."""
    counts = [60, 37]
    known, _ = publication(counts, [[0], [0, 1]], fewest=10, to=5)
    hidden = sums([[1]], 2)

    def small(of: object) -> NDArray[np.bool_]:
        return np.asarray(of.toarray()[:, 0] == 0)  # type: ignore[attr-defined]

    few = secrets(known, hidden, small, below=np.array([False]), fewest=10)
    many = secrets(known, hidden, nowhere_small, below=np.array([False]), fewest=10)
    assert [each.secret for each in audit(known, few, np.array(counts))] == [0]
    assert audit(known, many, np.array(counts)) == []


def test_bounds_of_whole_numbers_are_found_where_those_of_fractions_are_wider() -> None:
    """Three sums of two out of three: halves would agree where no whole number does."""
    of = sums([[0, 1], [1, 2], [0, 2]], 3)
    known = Known(of, np.array([11.0, 11.0, 10.0]), np.array([11.0, 11.0, 10.0]))
    kept = secrets(known, sums([[1]], 3), nowhere_small, below=np.array([True]), fewest=10)
    found = audit(known, kept, np.array([5, 6, 5]))
    assert (found[0].low, found[0].high) == (6.0, 6.0)


def test_nothing_published_gives_nothing_away() -> None:
    """All figures are below ten: none is shown."""
    assert found_in([1, 2, 3], [[0], [1], [2], [0, 1, 2]]) == []


def test_counts_that_contradict_the_figures_are_refused() -> None:
    """The audit of other counts than the true ones would prove nothing."""
    known, kept = publication([12, 4], [[0], [1], [0, 1]], fewest=10, to=5)
    with pytest.raises(ValueError, match="do not agree"):
        audit(known, kept, np.array([20, 4]))


def test_many_areas_with_monthly_publications_are_audited_together() -> None:
    """Many counts are shown to be safe at once: few programmes are solved for thousands of secrets."""
    random = np.random.default_rng(1)
    months = np.vstack([random.poisson(random.gamma(1.2, 1.2, 122)[:, None], (122, 14)), np.full((1, 14), 20)])
    figures = [[area * 14 + month for month in range(k, k + 12)] for k in range(3) for area in range(122)]
    figures += [[area * 14 + month for month in range(k, k + 12) for area in range(123)] for k in range(3)]
    counts = months.ravel().tolist()
    known, kept = publication(counts, figures, fewest=10, to=5)
    assert len(kept.floor) > 2000
    assert len(audit(known, kept, np.array(counts))) < 10
