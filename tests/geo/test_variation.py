"""How counts vary: the truth found again, hotspots or none, and the likelihood against scipy's."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import check_grad
from scipy.sparse import csr_array, vstack

from geo import variation as module
from geo.hexagons import cells_at, neighbours
from geo.variation import Variation, variation

PLACES = np.random.default_rng(1).uniform(0, 3_300, (2, 20_000))
CELLS = np.unique(cells_at(PLACES[0], PLACES[1], 150.0))
OVER = csr_array(vstack([neighbours(CELLS, steps) for steps in (0, 1, 2)]))
HOMES = np.random.default_rng(2).negative_binomial(1.5, 0.05, CELLS.size).astype(float)
RATE = 0.3


def mean_variation(by_home: float, by_place: float, risk: np.ndarray | float = 1.0) -> np.ndarray:
    """The mean over 15 maps of rate, by_home, by_place and by_neighbourhood that are found."""
    random, found = np.random.default_rng(3), []
    for _ in range(15):
        level = random.gamma(1 / by_place, by_place, CELLS.size) if by_place else 1.0
        mean = np.maximum(HOMES * RATE * level * risk, 1e-9)
        counts = random.poisson(random.gamma(mean / by_home, by_home) if by_home else mean)
        each = variation(counts, HOMES, OVER)
        found.append((each.rate, each.by_home, each.by_place, each.by_neighbourhood))
    return np.asarray(np.mean(found, axis=0))


@pytest.mark.simulation
@pytest.mark.parametrize(("by_home", "by_place"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.1)])
def test_what_counts_were_made_with_is_found_again(by_home: float, by_place: float) -> None:
    """Within a fifth of the variance of a cell with twenty homes, and the rate within two in a hundred."""
    rate, home, place, neighbourhood = mean_variation(by_home, by_place)
    assert rate == pytest.approx(RATE, rel=0.02)
    mean = 20 * RATE
    truth, found = 1 + by_home + by_place * mean, 1 + home + (place + neighbourhood) * mean
    assert found == pytest.approx(truth, rel=0.2)


@pytest.mark.simulation
def test_points_may_differ_as_much_as_shops_and_benches_do() -> None:
    """Counts with twenty times the variance of chance: found where that is allowed, and no further than it is."""
    random, mean = np.random.default_rng(3), np.maximum(HOMES * 3, 1e-9)
    counts = random.poisson(random.gamma(mean / 20, 20))
    assert variation(counts, HOMES, OVER, most_by_home=1e4).by_home == pytest.approx(20, rel=0.2)
    assert variation(counts, HOMES, OVER).by_home == 5


@pytest.mark.simulation
def test_hotspots_hardly_move_it() -> None:
    """One cell in a hundred with four times as much, which by moments would add more than half to the variance."""
    risk = np.where(np.arange(CELLS.size) % 100 == 0, 4.0, 1.0)
    rate, home, place, neighbourhood = mean_variation(0.0, 0.0, risk)
    assert rate == pytest.approx(RATE, rel=0.03)
    assert 1 + home + (place + neighbourhood) * 20 * RATE < 1.25
    counts, mean = HOMES * RATE * risk, HOMES * RATE * risk.mean()
    assert 1 + ((counts - mean)[HOMES > 0] ** 2 / mean[HOMES > 0]).mean() > 1.5


def test_the_likelihood_is_that_of_negative_binomial_counts_and_tails() -> None:
    """Against scipy's, up to what does not depend on what is sought; and its gradient against differences."""
    counts, homes, squares = np.array([0.0, 3, 9, 14]), np.array([20.0, 20, 40, 40]), np.array([400.0, 400, 900, 800])
    beyond, weight = np.array([False, False, True, True]), np.array([1.0, 0.5, 0.2, 1])
    given = (counts, beyond, homes, squares, weight, 0.2)

    def by_scipy(at: np.ndarray) -> float:
        tried = Variation(0.2 * np.exp(at[0]), *at[1:])
        mean, spread = homes * tried.rate, tried.spread(homes, squares) + 1e-4
        size, p = mean / (spread - 1), 1 / spread
        log = np.where(beyond, stats.nbinom.logsf(counts - 1, size, p), stats.nbinom.logpmf(counts, size, p))
        return -float((weight * log).sum())

    def part_of(part: int, at: np.ndarray) -> Any:
        return module._unlikeliness(*given, at)[part]

    one, other = np.array([0.1, 0.2, 0.05, 0.01]), np.array([-0.2, 0.05, 0.2, 0.1])
    ours = [module._unlikeliness(*given, at)[0] for at in (one, other)]
    assert ours[1] - ours[0] == pytest.approx(by_scipy(other) - by_scipy(one), rel=1e-9)
    for at in (one, other):
        assert check_grad(partial(part_of, 0), partial(part_of, 1), at) < 1e-4


def test_the_spread_is_the_variance_over_the_mean() -> None:
    """Of counts whose homes, cells and neighbourhoods differ, by simulation: two cells of 30 and 10 homes."""
    random, told = np.random.default_rng(4), Variation(0.5, 0.4, 0.2, 0.1)
    homes = np.array([30.0, 10.0])
    together = random.gamma(1 / 0.1, 0.1, (200_000, 1)) * random.gamma(1 / 0.2, 0.2, (200_000, 2))
    counts = random.poisson(random.gamma(homes * 0.5 * together / 0.4, 0.4)).sum(axis=1)
    expected = told.spread(homes.sum(), (homes**2).sum())
    # Both kinds of place differ at once here, which adds their product.
    assert counts.var() / counts.mean() == pytest.approx(float(expected) + 0.5 * 0.1 * 0.2 * 1000 / 40, rel=0.03)


@pytest.mark.parametrize("counts", [[1, 0, 0], [5, 5, 5], [0, 0, 40], [1000, 2000, 1500]])
def test_few_cells_give_numbers(counts: list[int]) -> None:
    """Nothing is infinite or missing, however little can be told."""
    found = variation(counts, [10, 20, 15], csr_array(np.eye(3)))
    assert np.isfinite([found.rate, found.by_home, found.by_place, found.by_neighbourhood]).all()
    assert found.rate > 0
