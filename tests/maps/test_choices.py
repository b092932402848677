from datetime import date

import pytest

from evidence import Selection
from layers._layer import Layer, Theme
from layers._registry import LAYERS
from maps.choices import Choices, in_address


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS.keys())
def test_a_layer_offers_the_themes_that_it_speaks_to(layer: Layer) -> None:
    """Each theme offered has a category, each category one of them, in the order of the themes."""
    offered = Choices(layer, Selection(), None, None).themes
    assert {layer.theme(category) for category in layer.categories} == set(offered)
    assert sorted(offered, key=list(Theme).index) == list(offered)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS.keys())
def test_categories_are_called_what_the_record_calls_them(layer: Layer) -> None:
    """The field's description: "Trade", not "trade" nor "category"."""
    assert (
        Choices(layer, Selection(), None, None).category_title == layer.record.model_fields[layer.category].description
    )


def test_months_can_be_chosen_from_the_first_to_the_last_with_data() -> None:
    """As the address has them, and in words; none of a layer without data."""
    layer = LAYERS["asb"]
    made = Choices(layer, Selection(), date(2025, 11, 1), date(2026, 1, 1))
    assert made.months == [("2025-11", "November 2025"), ("2025-12", "December 2025"), ("2026-01", "January 2026")]
    assert Choices(layer, Selection(), None, None).months == ()


def test_what_is_chosen_is_told() -> None:
    """Themes and categories by name, the period as the address has it."""
    chosen = Selection(
        themes=frozenset({Theme.SAFETY}),
        categories=frozenset({"violence", "drugs and alcohol"}),
        first=date(2025, 1, 1),
        last=date(2025, 3, 1),
    )
    made = Choices(LAYERS["asb"], chosen, date(2024, 1, 1), date(2025, 12, 1))
    assert made.narrowed == ["safety", "drugs and alcohol", "violence"]
    assert made.period == ("2025-01", "2025-03")
    assert in_address(None) == ""
