"""What is withheld for others' sake makes planted traps safe, and is hardly ever more than the fewest that would do."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from evidence.disclosure.audit import Known, Secrets, audit, secrets, sums
from evidence.disclosure.suppression import suppress

MONTHS = [0] * 8 + [8] + [0] * 9 + [10, 0, 2, 0, 0, 0]
YEARS = [list(range(end - 11, end + 1)) for end in (14, 18, 23)]
TRAPS = {
    "one withheld in a row with a published total": ([12, 4], [[0], [1], [0, 1]]),
    "two boundary sets that differ by one estate": ([95, 5], [[0, 1], [0]]),
    "rolling years of three publications": (MONTHS, YEARS),
    "a year and two years": ([3, 40], [[0, 1], [1]]),
    "a total with what is counted for the district only": ([20, 20, 4], [[0], [1], [0, 1], [0, 1, 2]]),
}


def publication(counts: list[int], figures: list[list[int]]) -> tuple[Known, Secrets]:
    """What a reader knows under the 10-5 rule if nothing is withheld for another's sake."""
    of = sums(figures, len(counts))
    total = np.asarray(of @ np.array(counts))
    below, nearest = total < 10, 5 * ((2 * total + 5) // 10)
    known = Known(of[~below], np.maximum(nearest - 2, 10)[~below], (nearest + 2)[~below])
    hidden = below.nonzero()[0]

    def small(of: object) -> NDArray[np.bool_]:
        return np.zeros(of.shape[0], np.bool_)  # type: ignore[attr-defined]

    return known, secrets(known, of[hidden], small, below=np.ones(len(hidden), bool), fewest=10)


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_that_leaks_is_made_safe(trap: str) -> None:
    """The audit catches it, one figure is withheld, and the audit finds nothing in what is left."""
    counts, figures = np.array(TRAPS[trap][0]), TRAPS[trap][1]
    known, kept = publication(TRAPS[trap][0], figures)
    assert audit(known, kept, counts)
    outcome = suppress(known, kept, counts, np.ones(len(known.low), bool))
    assert (len(outcome.withheld), outcome.findings) == (1, ())
    shown = np.delete(np.arange(len(known.low)), outcome.withheld)
    assert audit(known.take(shown), kept, counts) == []


def test_what_was_published_before_stays_and_the_new_figure_is_withheld() -> None:
    """Of two sets that differ by one estate the first is known already."""
    counts = np.array([95, 5])
    known, kept = publication([95, 5], [[0, 1], [0]])
    for new in (0, 1):
        may = np.arange(2) == new
        assert suppress(known, kept, counts, may).withheld == (new,)


def test_what_is_given_away_already_is_said_and_withholds_nothing() -> None:
    """No silence takes back what was published, nor is any figure lost for it."""
    counts = np.array([95, 5, 40])
    known, kept = publication([95, 5, 40], [[0, 1], [0], [2]])
    outcome = suppress(known, kept, counts, np.array([False, False, True]))
    assert outcome.withheld == ()
    assert [(each.low, each.high, each.figures) for each in outcome.findings] == [(1.0, 9.0, (0, 1))]


def test_a_safe_publication_loses_nothing() -> None:
    """Figures are withheld for a reason or not at all."""
    counts = [22, 31, 24, 4]
    known, kept = publication(counts, [[0], [1], [2], [3], [0, 1, 2, 3]])
    assert suppress(known, kept, np.array(counts), np.ones(4, bool)).withheld == ()


def fewest(known: Known, kept: Secrets, counts: NDArray[np.int64]) -> int:
    """The size of the smallest set of figures without which nothing is found, by trying every set."""
    every = range(len(known.low))
    narrow = kept.take(np.array([each.secret for each in audit(known, kept, counts)], int))
    for size in range(len(known.low) + 1):
        for withheld in combinations(every, size):
            if not audit(known.take(np.delete(np.arange(len(known.low)), withheld)), narrow, counts):
                return size
    raise AssertionError("with nothing published nothing can be found")


@pytest.mark.simulation
def test_hardly_more_is_withheld_than_the_fewest_that_would_do() -> None:
    """On 24 tables of two rows with all their margins: never two more, and in all within a tenth."""
    random = np.random.default_rng(4)
    more, least = [], []
    for _ in range(24):
        rows, columns = 2, int(random.integers(2, 4))
        counts = random.choice([1, 4, 11, 13, 17, 30], rows * columns)
        cells = np.arange(rows * columns).reshape(rows, columns)
        figures: list[list[int]] = (
            [[each] for each in cells.ravel().tolist()] + cells.tolist() + cells.T.tolist() + [cells.ravel().tolist()]
        )
        known, kept = publication(counts.tolist(), figures)
        outcome = suppress(known, kept, counts, np.ones(len(known.low), bool))
        assert outcome.findings == ()
        least.append(fewest(known, kept, counts))
        more.append(len(outcome.withheld) - least[-1])
    assert min(more) == 0 and max(more) <= 1
    assert sum(least) > 10 and sum(more) <= sum(least) / 10
