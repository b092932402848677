import asyncio
from typing import Any

import numpy as np
import pytest

from evidence import PUBLIC, Database, NotVisible, Selection, Viewer, close_up
from layers._layer import Layer, Shown
from layers._registry import LAYERS

PATCHED = Viewer("officer", "Ann", frozenset({"E01", "E02"}))
PLANNER = Viewer("planner", "Pat")
EVERYWHERE = [Viewer("officer", estates=None), Viewer("administrator")]
NEAR = 100.0
ALL = list(LAYERS.values())
SHOWN = [layer for layer in ALL if isinstance(layer.disclosure, Shown)]
COUNTED = [layer for layer in ALL if layer not in SHOWN]


def by_estate(
    database: Database, viewer: Viewer, layer: Layer, selection: Selection, cell_width: float
) -> dict[str, int]:
    """How many rows would be drawn, by estate; "" is in none."""
    drawn = asyncio.run(close_up(database, viewer, layer, selection, cell_width))
    if drawn is None:
        return {}
    rows, chosen = drawn
    codes, counts = np.unique(rows.estate[rows.selection_mask(chosen)], return_counts=True)
    return {"" if code < 0 else rows.estates[code]: int(count) for code, count in zip(codes, counts, strict=True)}


@pytest.mark.parametrize("layer", COUNTED, ids=[layer.id for layer in COUNTED])
def test_close_up_an_officer_sees_the_patch_and_nothing_else(settled: Database, layer: Layer) -> None:
    """In cells as wide as a hotspot's everything; in smaller ones two estates, whatever is asked for."""
    everything = by_estate(settled, EVERYWHERE[0], layer, Selection(), NEAR)
    assert set(everything) == {"", "E01", "E02", "E03", "E04", "E05", "E06"}
    assert by_estate(settled, PATCHED, layer, Selection(), layer.cell_width) == everything
    mine = {code: everything[code] for code in ("E01", "E02")}
    assert by_estate(settled, PATCHED, layer, Selection(), layer.cell_width - 1) == mine
    assert by_estate(settled, PATCHED, layer, Selection(estates=frozenset({"E02", "E03"})), NEAR) == {
        "E02": everything["E02"]
    }
    assert by_estate(settled, PATCHED, layer, Selection(estates=frozenset({"E03"})), NEAR) == {}
    for category in layer.categories:
        chosen = Selection(categories=frozenset({category}))
        assert set(by_estate(settled, PATCHED, layer, chosen, NEAR)) <= {"E01", "E02"}
        assert by_estate(settled, PLANNER, layer, chosen, NEAR) == {}


@pytest.mark.parametrize("layer", COUNTED, ids=[layer.id for layer in COUNTED])
def test_close_up_a_planner_sees_nothing_of_what_is_counted(settled: Database, layer: Layer) -> None:
    """From afar as much as anybody; who has lost the last estate of a patch is no better off."""
    everything = by_estate(settled, EVERYWHERE[0], layer, Selection(), NEAR)
    for viewer in (PLANNER, Viewer("planner", estates=None), Viewer("officer")):
        assert by_estate(settled, viewer, layer, Selection(), layer.cell_width) == everything
        assert by_estate(settled, viewer, layer, Selection(), NEAR) == {}
        assert by_estate(settled, viewer, layer, Selection(estates=frozenset({"E01"})), NEAR) == {}


@pytest.mark.parametrize("layer", SHOWN, ids=[layer.id for layer in SHOWN])
def test_what_is_shown_is_shown_everywhere(settled: Database, layer: Layer) -> None:
    """Its records are everybody's, close up too."""
    everything = by_estate(settled, PUBLIC, layer, Selection(), NEAR)
    assert "E03" in everything
    for viewer in (PLANNER, PATCHED, *EVERYWHERE):
        assert by_estate(settled, viewer, layer, Selection(), NEAR) == everything


def test_what_may_not_be_seen_is_not_there(settled: Database) -> None:
    """For the public what is counted; for a key whatever it is not for, shown or not."""
    for layer in COUNTED:
        with pytest.raises(NotVisible):
            asyncio.run(close_up(settled, PUBLIC, layer, Selection(), 1000.0))
    for layer in ALL:
        other: Any = frozenset(each.id for each in ALL if each is not layer)
        with pytest.raises(NotVisible):
            asyncio.run(close_up(settled, Viewer("planner", layers=other), layer, Selection(), NEAR))
