from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import psi
from scipy.stats import gamma

from analysis.ranking import SURELY, Ranking, of_100, rankings
from analysis.scoring import THEMES, Evidence, share_counts
from analysis.weights import PARTS
from geo.rates import shrunken_rates
from layers._layer import Theme

ESTATES = 40
WEIGHTS = {"voice": 2.0, "record": 2.0, "severity": 1.0, "trend": 1.0, "satisfaction": 1.0}
VOICE_ALONE = dict.fromkeys(PARTS, 0.0) | {"voice": 1.0}
MANY = 8_000
"""Draws of which a share is known to 0.0056, one standard error."""


def evidence(**changed: Any) -> Evidence:
    """Forty estates of 100 homes that are alike, but for what is changed; no survey."""
    usual = {"voices": 6, "records": 20, "judged": 20, "severe": 4, "now": 20, "before": 20}
    survey = {"answered": 0, "dissatisfied": 0}
    tables = {name: np.full((ESTATES, len(THEMES)), float(count)) for name, count in (usual | survey).items()}
    given = {"homes": np.full(ESTATES, 100.0)} | tables | changed
    return Evidence(**({"heard": given["voices"], "recorded": given["records"]} | given))


def first_row(count: float, *own: float) -> Any:
    """The same count everywhere, but others in the first estate."""
    counts = np.full((ESTATES, len(THEMES)), float(count))
    counts[0] = own
    return counts


def ranking_of(given: Evidence, weights: Any = WEIGHTS, at: int = 0, **options: Any) -> Ranking:
    """The ranking of an estate, which has one."""
    found = rankings(given, weights, **({"seed": 1} | options))[at]
    assert isinstance(found, Ranking)
    return found


def refused(given: Evidence, weights: Any = WEIGHTS) -> str:
    """Why the first estate has no ranking."""
    found = rankings(given, weights, seed=1)[0]
    assert isinstance(found, str)
    return found


def first_by_integration(counts: Any) -> list[float]:
    """How likely each share of a Dirichlet distribution is the largest: an integral over gamma distributions."""

    def density(x: float, at: int) -> float:
        others = [gamma.cdf(x, other) for place, other in enumerate(counts) if place != at]
        return float(gamma.pdf(x, counts[at]) * np.prod(others))

    most = float(max(counts))
    return [quad(density, 0, 5 * most, args=(at,), limit=400, points=[most])[0] for at in range(len(counts))]


@pytest.mark.simulation
def test_how_likely_a_theme_is_first_is_an_integral() -> None:
    """Of the voice alone: the largest of five gamma variables, integrated numerically."""
    voices = np.random.default_rng(4).poisson(6, (ESTATES, 5)) * 1.0
    voices[0] = 14, 9, 8, 3, 1
    given = evidence(voices=voices)
    exact = first_by_integration(share_counts(given.voices)[0][0])
    assert sum(exact) == pytest.approx(1, abs=1e-6)
    found = {each.theme: each.first for each in ranking_of(given, VOICE_ALONE, draws=MANY).themes}
    assert [found[theme] for theme in THEMES] == pytest.approx(exact, abs=0.022)


@pytest.mark.simulation
def test_the_whole_ranking_agrees_with_a_simulation_written_differently() -> None:
    """200,000 draws of shares, rates and changes from NumPy's Dirichlet, gamma and beta distributions."""
    given = evidence(
        voices=first_row(6, 12, 9, 5, 2, 6), records=first_row(20, 30, 24, 15, 20, 40), now=first_row(20, 9, 9, 9, 9, 9)
    )
    random, number = np.random.default_rng(99), 200_000
    score = 2 * np.log2(5 * random.dirichlet(share_counts(given.voices)[0][0], number))
    for at in range(5):
        rates = shrunken_rates(given.records[:, at], given.homes)
        usual = (psi(rates.prior.shape) - np.log(rates.prior.rate)) / np.log(2)
        score[:, at] += 2 * (np.log2(random.gamma(rates.shape[0], 1 / rates.rate[0], number)) - usual)
        severe, prior = share_counts(np.array([given.severe[:, at], (given.judged - given.severe)[:, at]]).T)
        score[:, at] += np.log2(random.beta(severe[0, 0], severe[0, 1], number)) - (
            psi(prior[0]) - psi(prior.sum())
        ) / np.log(2)
        years, _ = share_counts(np.array([given.now[:, at], given.before[:, at]]).T)
        change = random.beta(years[0, 0], years[0, 1], number)
        score[:, at] += np.log2(change / (1 - change))
    score /= 6
    found = ranking_of(given, draws=MANY)
    by_theme = {each.theme: each for each in found.themes}
    inside = [by_theme[theme] for theme in THEMES]
    first = np.bincount(score.argmax(axis=1), minlength=5) / number
    assert [each.first for each in inside] == pytest.approx(first, abs=0.024)
    assert [each.score for each in inside] == pytest.approx(score.mean(axis=0), abs=0.02)
    low, high = np.percentile(score, (2.5, 97.5), axis=0)
    assert [each.low for each in inside] == pytest.approx(low, abs=0.05)
    assert [each.high for each in inside] == pytest.approx(high, abs=0.05)
    order = np.argsort(-score.mean(axis=0))
    assert [each.theme for each in found.themes] == [THEMES[at] for at in order]
    ahead = [(score[:, one] > score[:, other]).mean() for one, other in pairwise(order)]
    assert all(abs(each - SURELY) > 0.02 for each in ahead)
    ranks = [1]
    for place, each in enumerate(ahead, start=2):
        ranks.append(place if each >= SURELY else ranks[-1])
    assert [each.rank for each in found.themes] == ranks


def test_a_score_is_the_sum_of_its_parts() -> None:
    """Each with its weight, which are 1 together; what is not known is not there."""
    for each in ranking_of(evidence(voices=first_row(6, 12, 9, 5, 2, 6))).themes:
        assert list(each.parts) == ["voice", "record", "severity", "trend"]
        assert sum(part.weight for part in each.parts.values()) == pytest.approx(1)
        assert each.score == pytest.approx(sum(part.weight * part.value for part in each.parts.values()))
        assert each.low < each.score < each.high


def test_the_excess_is_what_is_beyond_the_usual_for_so_many_homes() -> None:
    """By hand: 59 of 100 homes where 39 x 20 + 59 of 4,000 are usual."""
    found = {each.theme: each.excess for each in ranking_of(evidence(records=first_row(20, 59, 20, 20, 20, 0))).themes}
    assert found[THEMES[0]] == pytest.approx(590 - 1000 * 839 / 4000)
    assert found[THEMES[4]] == pytest.approx(-1000 * 780 / 4000)


def test_a_theme_far_ahead_is_first_and_the_others_are_tied() -> None:
    """Those that are alike have one rank: the place at which they begin."""
    given = evidence(voices=first_row(60, 300, 0, 0, 0, 0), records=first_row(60, 300, 60, 60, 60, 60))
    found = ranking_of(given)
    assert [(each.rank, each.tied) for each in found.themes] == [(1, False), *[(2, True)] * 4]
    assert found.themes[0].theme == Theme.SAFETY
    assert found.themes[0].first > 0.99
    times = 2 ** found.themes[0].score
    assert found.sentence == f"Safety comes first in over 99 of 100 ({times:.1f} times the usual)."


@pytest.mark.simulation
def test_themes_that_are_alike_are_tied_and_it_is_said() -> None:
    """All of them first, each in about a fifth of the draws."""
    found = ranking_of(evidence(), draws=MANY)
    assert {(each.rank, each.tied) for each in found.themes} == {(1, True)}
    assert [each.first for each in found.themes] == pytest.approx([0.2] * 5, abs=0.025)
    one, other, *_ = sorted(found.themes, key=lambda each: -each.first)
    said = (
        f"No theme is surely first: {one.theme} is in {of_100(one.first)}, {other.theme} is in {of_100(other.first)}."
    )
    assert found.sentence == said


@pytest.mark.parametrize(
    ("homes", "voices", "records", "said"),
    [
        (0, 50, 50, "Too little to rank: no home on the list, and it takes 10."),
        (1, 50, 50, "Too little to rank: 1 home on the list, and it takes 10."),
        (9, 50, 50, "Too little to rank: 9 homes on the list, and it takes 10."),
        (10, 9, 19, "Too little to rank: 9 pieces of feedback and 19 records in twelve months, and it takes 10 or 20."),
        (10, 1, 1, "Too little to rank: 1 piece of feedback and 1 record in twelve months, and it takes 10 or 20."),
        (10, 0, 0, "Too little to rank: 0 pieces of feedback and 0 records in twelve months, and it takes 10 or 20."),
    ],
)
def test_too_little_is_not_ranked(homes: int, voices: int, records: int, said: str) -> None:
    """It is said how much there is and how much it takes."""
    listed = np.full(ESTATES, 100.0)
    listed[0] = homes
    given = evidence(homes=listed, voices=first_row(6, voices, 0, 0, 0, 0), records=first_row(20, 0, 0, 0, 0, records))
    assert refused(given) == said


@pytest.mark.parametrize(("voices", "records"), [(10, 0), (0, 20)])
def test_just_enough_is_ranked(voices: int, records: int) -> None:
    """Ten homes, and of feedback or records alone as many as it takes."""
    listed = np.full(ESTATES, 100.0)
    listed[0] = 10
    given = evidence(homes=listed, voices=first_row(6, voices, 0, 0, 0, 0), records=first_row(20, 0, 0, 0, 0, records))
    assert ranking_of(given).themes


def test_what_weighs_nothing_ranks_nothing() -> None:
    """A council that counts the survey alone, and has none."""
    alone = dict.fromkeys(PARTS, 0.0) | {"satisfaction": 1.0}
    assert refused(evidence(), alone) == "Nothing that weighs anything is known of any theme."


def test_a_theme_of_which_nothing_is_known_has_no_place() -> None:
    """The others are ranked without it."""
    records = np.full((ESTATES, 5), 20.0)
    records[:, 3] = 0
    given = evidence(voices=np.zeros((ESTATES, 5)), records=records, judged=records, severe=records / 5)
    given = Evidence(**(vars(given) | {"now": records, "before": records}))
    found = ranking_of(given)
    assert {each.theme for each in found.themes} == {*THEMES} - {Theme.COMMUNITY_SPACES}
    assert sum(each.first for each in found.themes) == pytest.approx(1)
    assert found.voice_and_record.residents is None


@pytest.mark.simulation
def test_a_weight_that_would_change_the_order_is_named() -> None:
    """Voices speak for safety by 0.49, records for cleanliness by 0.52: a fifth more or less turns them round."""
    voices, records = first_row(600, 1000, 500, 500, 500, 500), first_row(2000, 2000, 3000, 2000, 2000, 2000)
    found = ranking_of(evidence(voices=voices, records=records, homes=np.full(ESTATES, 9000.0)), draws=MANY)
    top, second = found.themes[:2]
    assert (top.theme, second.theme) == (Theme.CLEANLINESS, Theme.SAFETY)
    more = {name: top.parts[name].value - second.parts[name].value for name in ("voice", "record")}
    assert -1.2 * more["voice"] > more["record"] > -more["voice"] > 0.8 * more["record"]
    swap = (Theme.CLEANLINESS, Theme.SAFETY)
    assert {(each.part, each.factor) for each in found.shifts if swap in each.swaps} == {
        ("voice", 1.2),
        ("record", 0.8),
    }


def test_an_order_that_no_weight_changes_has_no_shifts() -> None:
    """One theme is ahead in every part, and of the others each in its place by all parts."""
    steps = (500, 400, 300, 200, 100)
    given = evidence(voices=first_row(300, *steps), records=first_row(300, *steps), now=first_row(300, *steps))
    given = Evidence(**(vars(given) | {"before": np.full((ESTATES, 5), 300.0)}))
    given = Evidence(**(vars(given) | {"judged": first_row(300, *[300] * 5), "severe": first_row(300, *steps) / 5}))
    found = ranking_of(given)
    assert [each.theme for each in found.themes] == [*THEMES]
    assert found.shifts == ()


def test_the_gap_is_what_residents_and_records_each_put_first() -> None:
    """Beside each other, each with how surely, though the score may put a third theme first."""
    given = evidence(
        voices=first_row(60, 160, 35, 35, 35, 35), records=first_row(20, 20, 20, 20, 20, 90), homes=np.full(40, 500.0)
    )
    both = ranking_of(given).voice_and_record
    assert both.residents and both.records
    assert (both.residents.theme, both.residents.surely) == (Theme.SAFETY, True)
    known = share_counts(given.voices)[0][0]
    assert both.residents.amount == pytest.approx(known[0] / known.sum(), abs=0.005)
    assert (both.records.theme, both.records.surely) == (Theme.REPAIRS, True)
    assert both.sentence == (
        f"Residents speak most of safety ({both.residents.amount:.0%} of what they say; first in over 99 of 100); "
        f"the records stand out for repairs ({both.records.amount:.1f} times the usual; first in over 99 of 100)."
    )


def test_the_gap_says_when_both_agree() -> None:
    """And still how surely each does."""
    voice_and_record = ranking_of(
        evidence(voices=first_row(60, 160, 35, 35, 35, 35), records=first_row(20, 90, 20, 20, 20, 20))
    ).voice_and_record
    assert "the records stand out for safety too (" in voice_and_record.sentence


def test_the_gap_says_what_is_missing() -> None:
    """Nobody spoke; or nothing was recorded; or nothing stands out."""
    silent = ranking_of(evidence(voices=first_row(6, 0, 0, 0, 0, 0))).voice_and_record
    assert silent.residents is None
    assert silent.sentence.startswith(
        "Residents have said nothing; the records stand out for nothing surely, most for "
    )
    unrecorded = ranking_of(evidence(records=first_row(20, 0, 0, 0, 0, 0))).voice_and_record
    assert unrecorded.records is None
    assert unrecorded.sentence.endswith("; nothing is recorded.")


@pytest.mark.simulation
def test_the_same_seed_gives_the_same_ranking() -> None:
    """And another seed nearly the same."""
    given = evidence(voices=first_row(6, 14, 9, 8, 3, 1))
    assert rankings(given, WEIGHTS, seed=1) == rankings(given, WEIGHTS, seed=1)
    one, other = ranking_of(given), ranking_of(given, seed=2)
    assert one != other
    assert one.themes[0].first == pytest.approx(other.themes[0].first, abs=0.06)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1, "over 99 of 100"),
        (0.9951, "over 99 of 100"),
        (0.994, "99 of 100"),
        (0.5, "50 of 100"),
        (0.006, "1 of 100"),
        (0.004, "under 1 of 100"),
        (0, "under 1 of 100"),
    ],
)
def test_nothing_is_said_to_be_certain(share: float, said: str) -> None:
    """Draws never show that something cannot be."""
    assert of_100(share) == said
