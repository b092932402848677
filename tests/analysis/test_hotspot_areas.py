import json
from datetime import date

import numpy as np
import pytest
import shapely

from analysis.hotspot_areas import COLUMNS, hotspot_areas
from analysis.runs import Run, save_run
from evidence import PUBLIC, Database, NotVisible, Viewer
from geo.crs import grid_frame
from geo.hexagons import cells_at
from geo.trend import TrendClass
from layers._registry import LAYERS

OFFICER = Viewer("officer")
ASB = LAYERS["asb"]


def test_hot_cells_lie_where_the_cases_are(analysed: Database) -> None:
    """The cells of cleanliness hold, or lie beside, the point where rubbish was planted, and are in its estate."""
    found = hotspot_areas(analysed, OFFICER, ASB)
    frame = grid_frame(found.frame)
    clean = frame[frame["theme"] == "cleanliness"]
    assert set(clean["course"]) == {TrendClass.NEW} and set(clean["estate"]) == {"E01"}
    assert clean.distance(shapely.Point(485250, 236225)).max() < 2 * ASB.cell_width
    assert set(frame[frame["theme"] == "anti-social behaviour"]["estate"]) == {"E02"}


def test_a_cell_is_a_hexagon_with_the_number_that_its_points_have(analysed: Database) -> None:
    """150 m from edge to edge: an area of 150^2 times half the square root of 3, to what the grid's scale leaves."""
    found = hotspot_areas(analysed, OFFICER, ASB)
    assert list(found.frame.columns) == [*COLUMNS, "geometry"] and found.frame.crs == 4326
    assert found.frame["id"].is_unique
    shapes = grid_frame(found.frame).geometry
    assert np.allclose(shapes.area, 150**2 * np.sqrt(3) / 2, rtol=1e-4)
    cells = cells_at(shapes.centroid.x, shapes.centroid.y, ASB.cell_width)
    assert [each.rsplit("-", 1)[1] for each in found.frame["id"]] == [str(cell) for cell in cells]
    assert found.frame["id"].str.startswith(tuple(theme.replace(" ", "-") for theme in found.themes)).all()


def test_figures_are_those_of_the_analysis(analysed: Database) -> None:
    """Cell by cell those of its place, with the ratio to the year before and its limits in order, and its own."""
    found = hotspot_areas(analysed, OFFICER, ASB)
    told = [(cell, theme["hotspots"]) for theme in found.themes.values() for cell in theme["hotspots"]["cells"]]
    for name in ("observed", "expected", "homes", "before", "p", "stands_out"):
        assert found.frame[name].tolist() == [of["places"][cell["place"]][name] for cell, of in told]
    for name, own in (("cell_cases", "cases"), ("cell_homes", "homes"), ("z", "z"), ("place", "place")):
        assert found.frame[name].tolist() == [cell[own] for cell, _ in told]
    known = found.frame.dropna(subset=["ratio", "ratio_low", "ratio_high"])
    assert len(known) and (known["ratio_low"] < known["ratio"]).all() and (known["ratio"] < known["ratio_high"]).all()
    assert (found.frame["observed"] >= 5).all() and (found.frame["homes"] >= 10).all()


def test_what_they_were_found_from_is_told(analysed: Database) -> None:
    """The year, and how many cells were tested for each theme; for one without cases, none."""
    found = hotspot_areas(analysed, OFFICER, ASB)
    assert found.period == (date(2025, 7, 1), date(2026, 6, 1)) and found.refusal == ""
    assert list(found.tested) == list(found.themes)
    assert found.tested["all"] == found.tested["cleanliness"] > 100 and found.tested["safety"] == 0
    assert (found.result["located"], found.result["total"]) == (451, 451)


@pytest.mark.parametrize(
    ("layer", "words"), [("repairs", "There are no repairs yet: load a file"), ("asb", "have not been analysed yet")]
)
def test_where_nothing_can_be_said_the_reason_is(analysed: Database, world: Database, layer: str, words: str) -> None:
    """An empty layer, and one that nobody has analysed: an empty frame, and a sentence."""
    found = hotspot_areas(analysed if layer == "repairs" else world, OFFICER, LAYERS[layer])
    assert words in found.refusal and found.refusal.endswith(".")
    assert found.frame.empty and list(found.frame.columns) == [*COLUMNS, "geometry"]
    assert (found.period, found.tested) == (None, {}) and found.frame.crs == 4326


def test_without_two_years_there_is_nothing_to_compare_with(analysed: Database, world: Database) -> None:
    """The same cells of a course that is too short have no year before; what is infinite is missing."""
    result = json.loads(json.dumps(hotspot_areas(analysed, OFFICER, ASB).result))
    places = result["themes"]["all"]["hotspots"]["places"]
    places[result["themes"]["all"]["hotspots"]["cells"][0]["place"]] |= {
        "course": TrendClass.TOO_SHORT.value,
        "before": 0,
        "ratio": None,
        "high": None,
    }
    save_run(world, Run({"subject": "asb"}, result))
    told = hotspot_areas(world, OFFICER, ASB).frame.iloc[0]
    assert all(np.isnan(told[name]) for name in ("before", "ratio", "ratio_low", "ratio_high"))


def test_nobody_else_sees_them(analysed: Database) -> None:
    """The public is told that there is nothing."""
    with pytest.raises(NotVisible):
        hotspot_areas(analysed, PUBLIC, ASB)
