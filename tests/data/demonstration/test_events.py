import numpy as np
import pytest

from data.demonstration.events import draw, reserve, usual
from data.demonstration.profiles import ASB, REPAIRS
from data.demonstration.scene import Scene


def test_expected_cases_are_what_is_drawn_on_average(stage: Scene) -> None:
    """The formula agrees with 400,000 drawn cases to within four standard errors."""
    rng = np.random.default_rng(5)
    level, reporting = stage.level["repairs"], stage.reporting["repairs"]
    source = usual(REPAIRS, stage.days, stage.homes, level, reporting, rng)
    none = reserve(stage.homes, [], source, rng)
    cases, background = draw(source, 400_000, [], none, rng)
    inside = stage.homes.estate == stage.roles.quiet[0]
    summer = np.isin(stage.days.months.astype(int) % 12, (5, 6, 7))
    for theme in ("repairs", "safety", None):
        share = source.expected(theme, inside, summer)
        there = inside[cases.home] & summer[cases.day] & source.of_theme(theme)[cases.category]
        assert there.mean() == pytest.approx(share, abs=4 * np.sqrt(share / background))
    assert background == len(cases) == 400_000


def test_a_hotspot_multiplies_what_is_usual(stage: Scene) -> None:
    """Where a steady hotspot of five times is, there are about five times the cases, and as many in all."""
    rng = np.random.default_rng(6)
    even = np.ones(len(stage.estates))
    source = usual(ASB, stage.days, stage.homes, even, even, rng)
    spot = next(spot for spot in stage.hotspots if spot.wish.layer == "asb" and spot.wish.course == "steady")
    cases, background = draw(source, 50_000, [spot], reserve(stage.homes, [], source, rng), rng)
    assert len(cases) == 50_000
    there = spot.inside[cases.home] & source.of_theme(spot.wish.theme)[cases.category]
    expected = source.expected(spot.wish.theme, spot.inside, np.ones(len(stage.days.dates))) * background
    assert there.sum() / expected == pytest.approx(spot.wish.relative_risk, rel=0.12)


def test_cases_come_in_the_order_of_their_days(stage: Scene) -> None:
    """References can be numbered as a system numbers them."""
    rng = np.random.default_rng(7)
    even = np.ones(len(stage.estates))
    source = usual(ASB, stage.days, stage.homes, even, even, rng)
    spots = [spot for spot in stage.hotspots if spot.wish.layer == "asb"]
    cases, _ = draw(source, 5000, spots, reserve(stage.homes, [(3, 5)], source, rng), rng)
    assert (np.diff(cases.day) >= 0).all()
    assert (cases.trap == 0).sum() == 5
    assert set(stage.homes.estate[cases.home[cases.trap == 0]]) == {3}


def test_what_needs_no_report_is_as_frequent_in_a_quiet_estate(stage: Scene) -> None:
    """Emergency repairs come in as elsewhere where residents report half; the rest is halved."""
    rng = np.random.default_rng(8)
    quiet = stage.roles.quiet[0]
    reporting = np.ones(len(stage.estates))
    reporting[quiet] = 0.5
    source = usual(REPAIRS, stage.days, stage.homes, np.ones(len(stage.estates)), reporting, rng)
    inside = stage.homes.estate == quiet
    assert source.prompted[inside].sum() / source.unprompted[inside].sum() == pytest.approx(0.5, rel=0.02)
