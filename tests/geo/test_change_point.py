"""When a series came to another level: against summing it out by brute force, and how often its range is right."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma, poisson

from geo.change_point import change_point


def series(random: np.random.Generator, times: float, at: int, months: int = 48, mean: float = 3.0) -> np.ndarray:
    """Poisson counts that come to another level at a month."""
    return random.poisson(np.where(np.arange(months) < at, mean, times * mean)).astype(float)


def test_every_month_is_as_likely_as_by_numerical_integration() -> None:
    """Each way to divide the series, its two levels integrated over their gamma distributions by quadrature."""
    counts, usual = np.array([2.0, 1, 3, 2, 9, 7, 8]), np.array([1.0, 1.2, 0.8, 1, 1.1, 0.9, 1])
    level = counts.sum() / usual.sum()

    def integrated(part: slice) -> float:
        def height(rate: float) -> float:
            return float(np.prod(poisson.pmf(counts[part], rate * usual[part])) * gamma.pdf(rate, 1, scale=level))

        return quad(height, 0, 60, epsabs=0, epsrel=1e-9)[0]

    likely = np.array([integrated(slice(0, at)) * integrated(slice(at, None)) for at in range(1, counts.size)])
    chance = likely / likely.sum()
    order = np.argsort(-chance)
    held = 1 + order[: 1 + int(np.searchsorted(chance[order].cumsum(), 0.95))]
    found = change_point(counts, usual)
    assert found is not None
    assert (likely.mean() / integrated(slice(None))) > 19
    assert (found.month, found.earliest, found.latest) == (1 + int(likely.argmax()), held.min(), held.max())


def test_the_range_holds_the_month_as_often_as_it_says() -> None:
    """In 95 of 100 series with a change that is found, whenever it came."""
    random = np.random.default_rng(2026)
    inside, found = 0, 0
    for _ in range(400):
        at = int(random.integers(6, 43))
        change = change_point(series(random, 2.5, at), np.ones(48))
        if change:
            found += 1
            inside += change.earliest <= at <= change.latest
    assert found > 350
    assert inside / found > 0.95 - 2 * np.sqrt(0.95 * 0.05 / found)


def test_a_steady_series_seldom_has_a_change() -> None:
    """In at most 5 of 100, and two standard errors, however many cases a month has."""
    random = np.random.default_rng(2026)
    for mean in (0.3, 2, 20):
        told = sum(change_point(series(random, 1, 0, mean=mean), np.ones(48)) is not None for _ in range(400))
        assert told / 400 < 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)


def test_what_changes_everywhere_is_no_change_of_the_place() -> None:
    """Beside a district that doubles, a place that doubles has not changed; one that stays has fallen by half."""
    district = np.r_[np.full(24, 100.0), np.full(24, 200.0)]
    assert change_point(district / 20, district) is None
    found = change_point(np.full(48, 10.0), district)
    assert found is not None
    assert found.month == 24
    assert found.times == pytest.approx(0.5)


def test_months_that_are_not_known_are_stepped_over() -> None:
    """The month is counted from the first of the series, whatever is missing."""
    counts = np.r_[np.full(12, 1.0), np.full(6, np.nan), np.full(12, 6.0)]
    found = change_point(counts, np.ones(30))
    assert found is not None
    assert (found.month, found.earliest >= 11, found.latest <= 20) == (18, True, True)


@pytest.mark.parametrize(
    ("counts", "usual"),
    [([], []), ([5], [1]), ([0] * 24, [1] * 24), ([np.nan] * 24, [1] * 24), ([3] * 24, [0] * 24)],
    ids=["no month", "one month", "no case", "nothing known", "nothing elsewhere"],
)
def test_where_nothing_can_be_compared_nothing_is_told(counts: list[float], usual: list[float]) -> None:
    """No month is made up."""
    assert change_point(counts, usual) is None


def test_a_place_that_had_none_before_has_come_from_nothing() -> None:
    """The level before is none, and what it has become is no number of times that."""
    found = change_point([0] * 24 + [4] * 12, [1] * 36)
    assert found is not None
    assert (found.month, found.times) == (24, np.inf)
