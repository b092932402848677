from datetime import date

import numpy as np
import pytest

from data.demonstration.days import five_years
from data.demonstration.profiles import EVENTS, Profile
from layers._registry import LAYERS

parametrised = pytest.mark.parametrize("profile", EVENTS, ids=lambda profile: profile.layer)


@parametrised
def test_categories_and_themes_are_those_of_the_layer(profile: Profile) -> None:
    """The demonstration leaves no category of the layer out and gives each the layer's theme."""
    layer = LAYERS[profile.layer]
    assert sorted(category.name for category in profile.categories) == sorted(layer.categories)
    assert {each.name: each.theme for each in profile.categories} == {
        name: layer.theme(name).value for name in layer.categories
    }


@parametrised
def test_shares_sum_to_one(profile: Profile) -> None:
    """Every case has a category, and no share is negative."""
    assert profile.shares.sum() == pytest.approx(1)
    assert profile.shares.min() > 0
    assert 0 <= profile.unprompted.min() <= profile.unprompted.max() < 0.5


@parametrised
def test_timing_has_a_row_for_each_category(profile: Profile) -> None:
    """Each row is a distribution over the days."""
    days = five_years(date(2025, 11, 23))
    timing = profile.timing(days)
    assert timing.shape == (len(profile.categories), len(days.dates))
    assert np.allclose(timing.sum(axis=1), 1)


def test_damp_comes_in_winter_and_noise_in_summer() -> None:
    """The seasons are those that a housing officer knows."""
    days = five_years(date(2025, 11, 23))
    by_layer = {profile.layer: profile for profile in EVENTS}
    of_year = days.months.astype(int) % 12
    for layer, name, high, low in (("repairs", "damp and mould", 0, 6), ("asb", "noise", 6, 0)):
        profile = by_layer[layer]
        share = profile.timing(days)[[each.name for each in profile.categories].index(name)]
        assert share[of_year == high].sum() > 2 * share[of_year == low].sum()
