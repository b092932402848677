from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import text

from evidence import Database, Selection, Viewer, figures, items, layer_target, months, publish, snapshot
from evidence.themes import theme_of_rows, themes_of_layer
from layers._layer import Layer, Theme
from layers._registry import LAYERS

OFFICER = Viewer("officer", estates=None)
ASB = LAYERS["asb"]
CASE = {"opened": "2026-05-01", "category": "noise", "hate": "no", "easting": 485500, "northing": 236500}


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_frames_say_what_the_layer_says(layer: Layer) -> None:
    """Category by category, and `other` of a code that has left the list."""
    rows = pl.DataFrame({"category": [*layer.categories, "gone"]})
    found = rows.select(theme_of_rows(layer)).to_series().to_list()
    assert found == [*(str(layer.theme(each)) for each in layer.categories), "other"]
    assert themes_of_layer(layer, rows[:-1]) == tuple(dict.fromkeys(map(layer.theme, layer.categories)))
    assert Theme.OTHER in themes_of_layer(layer, rows)


def test_a_row_whose_code_has_left_its_list_is_other_everywhere(world: Database, bring: Any, tmp_path: Path) -> None:
    """In records, figures, and what is published; and it can be located anew, which changes another of its columns."""
    year = [{"reference": f"{month}", **CASE, "opened": month} for month in months(date(2025, 6, 1), date(2026, 4, 1))]
    others = [{"reference": "2", **CASE, "category": "vandalism"}, *year]
    bring(world, layer_target(ASB), [{"reference": "1", **CASE}, *others])
    with world.owner.begin() as connection:
        for name in connection.scalars(
            text("SELECT conname FROM pg_constraint WHERE conrelid = 'evidence.asb'::regclass AND contype = 'c'")
        ).all():
            connection.execute(text(f'ALTER TABLE evidence.asb DROP CONSTRAINT "{name}"'))
        connection.execute(text("UPDATE evidence.asb SET category = 'gone' WHERE reference = '1'"))
        connection.execute(text("UPDATE evidence.version SET version = 'another' WHERE layer = 'asb'"))
    world.cache.clear()
    other, noise = Selection(frozenset({Theme.OTHER})), Selection(frozenset({ASB.theme("noise")}))
    assert [row["reference"] for row in items(world, OFFICER, ASB, other).rows] == ["1"]
    assert "1" not in [row["reference"] for row in items(world, OFFICER, ASB, noise).rows]
    assert figures(world, OFFICER, ASB, other).total == snapshot(world, OFFICER, ASB).selection_mask(other).sum() == 1
    assert {each.layer.id: each.figures > 0 for each in publish(world, tmp_path)}["asb"]
