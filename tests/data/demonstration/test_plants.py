from datetime import date

import numpy as np
import pytest

from data.demonstration.days import five_years
from data.demonstration.plants import TRAPS, WISHES, cast, excess, months
from data.demonstration.scene import Scene
from geo.errors import Refused

DAYS = five_years(date(2025, 11, 23))


def test_too_few_estates_are_refused() -> None:
    """The sentence says how many are needed and how many there are."""
    with pytest.raises(Refused, match=r"at least 30 estates .* this set has 2"):
        cast(np.array([300, 200, 0]))


def test_every_part_is_played_by_another_estate(stage: Scene) -> None:
    """No estate is dense, quiet or a trap at once, and traps are small."""
    roles = stage.roles
    parts = [*roles.dense, *roles.quiet, *roles.traps]
    counts = stage.estates["homes"].to_numpy()
    assert len(set(parts)) == len(parts)
    assert min(counts[list(roles.dense)]) > 250 and min(counts[list(roles.quiet)]) > 150
    assert all(abs(counts[at] - trap.homes) <= 3 for at, trap in zip(roles.traps, TRAPS, strict=True))


def test_hotspots_keep_apart_and_off_other_plants(stage: Scene) -> None:
    """No two share a home or a neighbour, and none has a home of an estate with another part."""
    centres = np.array([(spot.easting, spot.northing) for spot in stage.hotspots])
    gaps = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1)) + 1e6 * np.eye(len(centres))
    others = np.isin(stage.homes.estate, [*stage.roles.dense, *stage.roles.quiet, *stage.roles.traps])
    assert gaps.min() > 850
    assert all(120 <= spot.wish.radius <= 250 for spot in stage.hotspots)
    assert not any((spot.inside & others).any() for spot in stage.hotspots)
    assert all(np.array_equal(spot.inside, stage.homes.within(spot.easting, spot.northing, spot.wish.radius))
               for spot in stage.hotspots)  # fmt: skip


def test_there_are_hotspots_of_every_course() -> None:
    """Some are steady, some emerged in the last three to six months, some are over; all are three to five times."""
    assert {wish.course for wish in WISHES} == {"steady", "emerging", "fading"}
    assert all(3 <= wish.months <= 6 for wish in WISHES if wish.course == "emerging")
    assert all(3 <= wish.relative_risk <= 5 for wish in WISHES)
    assert all(sum(wish.mix.values()) == pytest.approx(1) for wish in WISHES)


def test_an_emerging_hotspot_is_there_from_its_month_to_the_end() -> None:
    """Three complete months before 23 November begin in August."""
    wish = next(wish for wish in WISHES if wish.course == "emerging" and wish.months == 3)
    assert [str(month) for month in months(wish, DAYS)] == ["2025-08", "2025-11"]
    height = excess(wish, DAYS)
    since = DAYS.dates >= np.datetime64("2025-08-01")
    assert np.array_equal(height, np.where(since, wish.relative_risk - 1, 0))


def test_a_fading_hotspot_goes_down_and_is_over() -> None:
    """It is at its height at first, never rises, and is nothing after its last month."""
    wish = next(wish for wish in WISHES if wish.course == "fading" and wish.months == 12)
    first, last = months(wish, DAYS)
    assert [str(first), str(last)] == ["2020-11", "2024-10"]
    height = excess(wish, DAYS)
    assert height[0] == wish.relative_risk - 1
    assert (np.diff(height) <= 0).all()
    assert height[DAYS.months == last].min() > 0 == height[DAYS.months > last].max()


def test_a_steady_hotspot_never_changes() -> None:
    """It is as high on the first day as on the last."""
    wish = next(wish for wish in WISHES if wish.course == "steady")
    assert set(excess(wish, DAYS)) == {wish.relative_risk - 1}
