from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers._layer import Layer
from layers._registry import LAYERS
from maps.legend import CLASSES, breaks, legend, ramp, scheme, tints

RATES = st.lists(st.one_of(st.none(), st.floats(0, 5000).map(lambda rate: round(rate, 3))), max_size=150)


def test_breaks_are_quantiles_at_readable_numbers() -> None:
    """Of the numbers from 1 to 100, each class has a fifth."""
    assert breaks(np.arange(1, 101)) == (20, 40, 60, 80)
    assert breaks([11.3, 12.1, 17.2, 18.4, 23.1, 24.9, 30.8, 31.9, 44.0, 52.7]) == (16, 22, 28, 34)


@given(RATES)
def test_every_estate_is_in_exactly_one_entry_of_the_legend(rates: list[float | None]) -> None:
    """Classes rise, none is empty, and with zero and without homes they add up to all estates."""
    made = legend(rates, "YlOrBr")
    placed = [made.place(rate) for rate in rates]
    assert [each.estates for each in made.classes] == [placed.count(number) for number in range(len(made.classes))]
    assert all(each.estates for each in made.classes)
    assert made.none == rates.count(0)
    assert made.no_homes == rates.count(None)
    assert sum(each.estates for each in made.classes) + made.none + made.no_homes == len(rates)
    limits = [each.low for each in made.classes[1:] if each.low is not None]
    assert limits == sorted(set(limits))
    assert limits == [each.high for each in made.classes[:-1]]
    assert len(made.classes) <= CLASSES


@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=60))
def test_a_rate_lies_within_its_class(rates: list[float]) -> None:
    """From the lower limit up to, but not including, the upper."""
    made = legend(rates, "YlOrBr")
    for rate in rates:
        place = made.place(rate)
        assert place is not None
        low, high = made.classes[place].low, made.classes[place].high
        assert (low is None or low <= rate) and (high is None or rate < high)


def test_few_different_rates_have_few_classes() -> None:
    """Two values make two classes, one value one, no value none."""
    assert [each.label for each in legend([1, 1, 3, 3, 3], "YlOrBr").classes] == ["under 2", "2 and over"]
    assert [each.label for each in legend([7, 7], "YlOrBr").classes] == ["all"]
    assert legend([None, 0, 0], "YlOrBr").classes == ()
    assert legend([], "YlOrBr") == legend([], "PuBu")


def test_many_equal_rates_share_a_class() -> None:
    """Equal rates are never apart, and a class that would be empty is left out."""
    made = legend([1.0] * 90 + [2, 3, 4, 5, 6, 7], "YlOrBr")
    assert made.classes[0].estates >= 90
    assert all(each.estates for each in made.classes)


def test_the_words_of_classes_are_their_limits_exactly() -> None:
    """A limit of 0.35 is not said to be 0.3, one of a thousand has its comma."""
    label = [each.label for each in legend(np.linspace(0.05, 0.6, 40).tolist(), "YlOrBr").classes]
    assert label == ["under 0.15", "0.15 up to 0.25", "0.25 up to 0.4", "0.4 up to 0.5", "0.5 and over"]
    assert legend([900, 1200, 5000], "YlOrBr").classes[-1].label == "3,000 and over"


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS.keys())
def test_ramps_go_from_light_to_dark_in_steps_that_can_be_told_apart(
    layer: Layer, luminance: Callable[[str], float]
) -> None:
    """Each colour of a layer's ramp is darker than the one before, and the lightest is not the paper."""
    lights = [luminance(colour) for colour in ramp(layer.ramp, CLASSES)]
    assert all(light > 1.25 * dark for light, dark in pairwise(lights))
    assert luminance("#f6f4ee") > 1.05 * lights[0]


def test_a_scheme_has_the_published_colours_at_its_steps_and_others_between() -> None:
    """The middle of ColorBrewer's PuOr for eleven classes is its sixth colour; halfway to the fifth is a mixture."""
    assert scheme("PuOr", 11).rgb_hex_str(0.5) == "#f7f7f7"
    assert scheme("PuOr", 11).rgb_hex_str(0.4) == "#fee0b6"
    assert scheme("PuOr", 11).rgb_hex_str(0.45) == "#fbecd7"


def test_tints_are_one_hue_up_to_the_hue_itself(luminance: Callable[[str], float]) -> None:
    """The last tint is the hue, the others are lighter."""
    made = tints("#a63c22", 5)
    assert made[-1] == "#a63c22"
    assert [luminance(colour) for colour in made] == sorted(map(luminance, made), reverse=True)
