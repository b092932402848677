from typing import Any

import numpy as np
import pytest
from scipy.special import psi
from scipy.stats import dirichlet_multinomial

from analysis.scoring import THEMES, Evidence, part_draws, scores, share_counts
from analysis.weights import PARTS
from geo.rates import shrunken_rates

ESTATES, DRAWS = 40, 4000
WEIGHTS = {"voice": 2.0, "record": 2.0, "severity": 1.0, "trend": 1.0, "satisfaction": 1.0}
VOICE, RECORD, SEVERITY, TREND, SATISFACTION = range(5)


def evidence(**changed: Any) -> Evidence:
    """Forty estates of 100 homes that are alike, but for what is changed; no survey."""
    usual = {"voices": 4, "records": 20, "judged": 20, "severe": 4, "now": 20, "before": 20}
    survey = {"answered": 0, "dissatisfied": 0}
    tables = {name: np.full((ESTATES, len(THEMES)), float(count)) for name, count in (usual | survey).items()}
    given = {"homes": np.full(ESTATES, 100.0)} | tables | changed
    return Evidence(**({"heard": given["voices"], "recorded": given["records"]} | given))


def table(count: float, first: float, row: int = 0, column: int = 0) -> Any:
    """A count for every estate and theme, but another one for one theme of one estate."""
    counts = np.full((ESTATES, len(THEMES)), float(count))
    counts[row, column] = first
    return counts


def mean_parts(given: Evidence) -> Any:
    """The means of the parts: parts by estates by themes."""
    return part_draws(given, DRAWS, np.random.default_rng(1)).mean(axis=1)


def near(value: float, spread: float) -> Any:
    """A mean of draws, to four of its standard errors."""
    return pytest.approx(value, abs=4 * spread / np.sqrt(DRAWS))


def test_the_themes_are_the_councils_and_repairs() -> None:
    """Not the rest, which is no priority."""
    assert [str(theme) for theme in THEMES] == [
        "safety",
        "cleanliness",
        "anti-social behaviour",
        "community spaces",
        "repairs",
    ]


@pytest.mark.parametrize(("size", "number"), [(15, 40), (60, 25), (400, 30)])
def test_the_prior_is_where_the_counts_are_most_likely(size: float, number: int) -> None:
    """The same maximum as by SciPy's Dirichlet-multinomial on a grid of sizes, with the prior of the shrinkage."""
    random = np.random.default_rng(5)
    true = random.dirichlet(size * np.array([0.3, 0.25, 0.2, 0.15, 0.1]), 60)
    counts = np.array([random.multinomial(number, each) for each in true]).astype(float)
    known, prior = share_counts(counts)
    shares = (counts.sum(axis=0) + 0.5) / (counts.sum() + 2.5)
    trials = np.full(len(counts), number)
    sizes = np.geomspace(2 / shares.min(), 1e4, 4000)
    likely = [
        dirichlet_multinomial.logpmf(counts, each * shares, trials).sum() + np.log(each / (each + number) ** 2)
        for each in sizes
    ]
    assert prior.sum() == pytest.approx(sizes[int(np.argmax(likely))], rel=0.01)
    assert prior / prior.sum() == pytest.approx(shares)
    assert known == pytest.approx(counts + prior)


def test_a_prior_is_worth_two_cases_of_the_rarest_kind() -> None:
    """However different the estates seem to be."""
    _, prior = share_counts(np.array([[30.0, 0.0], [0.0, 30.0]] * 10))
    assert prior == pytest.approx([2, 2], rel=1e-4)


@pytest.mark.parametrize("alone", [[[6.0, 2.0]], [[6.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [6.0, 2.0]]])
def test_one_area_alone_says_nothing_of_how_areas_differ(alone: Any) -> None:
    """Each has the distribution of the shares of all together."""
    known, prior = share_counts(np.array(alone))
    assert prior.tolist() == [6.5, 2.5]
    assert known.tolist() == [[6.5, 2.5]] * len(alone)


def test_the_voice_is_the_share_against_an_equal_one() -> None:
    """In the mean of draws, what the digamma function gives for the logarithm of a Dirichlet share."""
    given = evidence(voices=table(4, 24))
    known = share_counts(given.voices)[0][0]
    exact = np.log2(5) + (psi(known) - psi(known.sum())) / np.log(2)
    found = part_draws(given, DRAWS, np.random.default_rng(1))[VOICE, :, 0]
    assert found.mean(axis=0) == pytest.approx(exact, abs=4 * float(found.std(axis=0).max()) / np.sqrt(DRAWS))
    assert exact[0] > 0 > exact[1]


def test_with_many_voices_the_share_is_their_own() -> None:
    """4,000 of 10,000 are twice an equal share: 1; and 1,500 are log2(0.75)."""
    voices = np.array([[4000, 1500, 1500, 1500, 1500], [2000] * 5] * 20, dtype=float)
    found = mean_parts(evidence(voices=voices))[VOICE, 0]
    assert found == pytest.approx([1, *[np.log2(0.75)] * 4], abs=0.02)


def test_the_record_is_the_rate_against_the_usual() -> None:
    """In the mean of draws, what the digamma function gives for the logarithm of a gamma rate."""
    given = evidence(records=table(20, 60))
    rates = shrunken_rates(given.records[:, 0], given.homes)
    usual = (psi(rates.prior.shape) - np.log(rates.prior.rate)) / np.log(2)
    exact = (psi(rates.shape[0]) - np.log(rates.rate[0])) / np.log(2) - usual
    assert mean_parts(given)[RECORD, 0, 0] == near(exact, 0.3)
    assert 0.5 < exact < np.log2(3)


def test_with_many_homes_the_record_is_their_own() -> None:
    """Of estates that have half, once and twice the usual rate: -1, 0 and 1."""
    records = np.array([[500] * 5, [1000] * 5, [1000] * 5, [2000] * 5] * 10, dtype=float)
    found = mean_parts(evidence(records=records, homes=np.full(ESTATES, 10_000.0)))[RECORD]
    assert found[:4, 0] - found[1, 0] == pytest.approx([-1, 0, 0, 1], abs=0.03)
    assert found.mean() == pytest.approx(0, abs=0.1)


def test_the_trend_is_this_year_against_the_one_before() -> None:
    """With many records the estate's own change; with few, the district's."""
    now, before = table(1000, 4), table(500, 4)
    now[1] = 4000
    found = mean_parts(evidence(now=now, before=before))[TREND]
    assert found[2] == pytest.approx([1] * 5, abs=0.05)
    assert found[1] == pytest.approx([3] * 5, abs=0.1)
    assert 0.5 < found[0, 0] < 1.2


def test_severity_and_dissatisfaction_are_shares_against_the_usual() -> None:
    """Of half the estates 40 of 100 and of the others 10: both factors lie about the usual, 4 times apart."""
    few = np.array([[4000] * 5, [1000] * 5] * 20, dtype=float)
    many = np.full((ESTATES, 5), 10_000.0)
    found = mean_parts(evidence(severe=few, judged=many, dissatisfied=few, answered=many))
    for part in (SEVERITY, SATISFACTION):
        assert found[part, 0] - found[part, 1] == pytest.approx([2] * 5, abs=0.02)
        assert found[part, 0, 0] > 0 > found[part, 1, 0]


def test_an_estate_of_which_nothing_is_known_is_usual() -> None:
    """Every part against the district is 0 on average, also of what is rare: doubt is no good news."""
    random = np.random.default_rng(3)
    counts = {name: random.poisson(3, (ESTATES, 5)).astype(float) for name in ("records", "severe", "dissatisfied")}
    some = {name: 40.0 + np.zeros((ESTATES, 5)) for name in ("judged", "answered")}
    for each in (*counts.values(), *some.values()):
        each[0] = 0
    homes = np.full(ESTATES, 100.0)
    homes[0] = 0.001
    found = mean_parts(evidence(**counts, **some, homes=homes))
    for part in (RECORD, SEVERITY, SATISFACTION):
        assert found[part, 0] == pytest.approx([0] * 5, abs=4 * 1.2 / np.sqrt(DRAWS))


def test_what_the_district_has_nothing_of_is_not_known() -> None:
    """Of a theme, or of an estate without homes, or of all."""
    judged = table(20, 20)
    judged[:, 2] = 0
    homes = np.full(ESTATES, 100.0)
    homes[7] = 0
    severe = np.minimum(judged, 4)
    found = mean_parts(evidence(judged=judged, severe=severe, homes=homes))
    assert np.isnan(found[SEVERITY]).all(axis=0).tolist() == [False, False, True, False, False]
    assert np.isnan(found[RECORD]).any(axis=1).nonzero()[0].tolist() == [7]
    assert np.isnan(found[SATISFACTION]).all()
    assert np.isfinite(found[[VOICE, TREND]]).all()
    nothing = np.zeros((ESTATES, 5))
    none = dict.fromkeys(("voices", "records", "judged", "severe", "now", "before"), nothing)
    assert np.isnan(mean_parts(evidence(**none))).all()


def test_what_nobody_has_seen_is_no_minus_infinity() -> None:
    """No severe record, no voice for a theme, no record this year: all are finite."""
    voices = table(4, 4)
    voices[:, 1] = 0
    found = part_draws(evidence(severe=table(0, 0), voices=voices, now=table(0, 0)), DRAWS, np.random.default_rng(1))
    assert np.isfinite(found[:SATISFACTION]).all()


def test_one_estate_is_its_own_district() -> None:
    """Nothing stands out."""
    one = Evidence(*(np.array(each) for each in ([50.0], *[[[5.0, 2, 9, 3, 4]]] * 4, *[[[6.0] * 5], [[2.0] * 5]] * 3)))
    found = mean_parts(one)[:, 0]
    for part in (RECORD, SEVERITY, SATISFACTION):
        assert found[part] == pytest.approx([0] * 5, abs=4 * 0.9 / np.sqrt(DRAWS))


def test_the_score_is_the_weighted_mean_of_what_is_known() -> None:
    """By hand: (2 x 1 + 2 x 0.5 - 1 + 2) / 6 without a survey; and (2 x 1 + 2 x 0.5) / 4 with two parts only."""
    parts = np.full((5, 1, 1, 2), np.nan)
    parts[:4, 0, 0, 0] = 1, 0.5, -1, 2
    parts[:2, 0, 0, 1] = 1, 0.5
    score, shares = scores(parts, WEIGHTS)
    assert score[0, 0] == pytest.approx([4 / 6, 3 / 4])
    assert shares[:, 0, 0] == pytest.approx([2 / 6, 2 / 6, 1 / 6, 1 / 6, 0])
    assert shares[:, 0, 1] == pytest.approx([0.5, 0.5, 0, 0, 0])


def test_what_weighs_nothing_gives_no_score() -> None:
    """A theme of which only parts without a weight are known."""
    parts = np.full((5, 3, 1, 2), np.nan)
    parts[0, :, 0, 0] = parts[1, :, 0, 1] = 1
    score, _ = scores(parts, WEIGHTS | {"voice": 0})
    assert np.isnan(score[:, 0, 0]).all()
    assert score[:, 0, 1].tolist() == [1, 1, 1]


def test_the_parts_are_those_that_have_weights() -> None:
    """In the order in which they are drawn."""
    assert [PARTS[at] for at in (VOICE, RECORD, SEVERITY, TREND, SATISFACTION)] == list(WEIGHTS)
