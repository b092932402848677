from datetime import date

from evidence import Selection
from layers._layer import Theme
from layers._registry import LAYERS
from maps.address import items, query, tiles

CHOSEN = Selection(
    themes=frozenset({Theme.SAFETY, Theme.CLEANLINESS}),
    categories=frozenset({"rubbish and fly-tipping"}),
    first=date(2025, 1, 1),
    last=date(2025, 12, 1),
)
WORDS = "theme=cleanliness&theme=safety&category=rubbish+and+fly-tipping&first=2025-01&last=2025-12"


def test_a_selection_has_one_address() -> None:
    """Always in the same order and the same words, with nothing for what is not chosen."""
    assert query(CHOSEN) == WORDS
    assert query(CHOSEN, layer="asb", open="") == f"layer=asb&{WORDS}"
    assert query(Selection()) == ""


def test_tiles_and_items_are_asked_for_with_the_same_words() -> None:
    """The tiles' address has the data version, and its places for zoom, row and column."""
    layer = LAYERS["asb"]
    assert tiles(layer, CHOSEN, "a1") == f"/tiles/asb/{{z}}/{{y}}/{{x}}.mvt?v=a1&{WORDS}"
    assert items(layer, CHOSEN) == f"/api/collections/asb/items?{WORDS}"
