from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.priorities import latest_priorities
from analysis.priority_areas import COLUMNS, priority_areas
from analysis.refresh import refresh
from analysis.scoring import THEMES
from analysis.weights import weights
from evidence import PUBLIC, Database, NotVisible, Viewer, layer_target
from layers._registry import LAYERS

OFFICER = Viewer("officer")


@pytest.fixture
def ranked_world(world: Database, bring_to_world: Callable[..., None], tmp_path: Path) -> Database:
    """The small world, in which Alder is ranked by its repairs and feedback."""
    repairs = [
        {"date_reported": f"2026-{1 + number % 5:02}-01", "trade": "plumbing", "priority": "routine", "estate": "E01"}
        for number in range(40)
    ]
    said = [{"received": "2026-05-01", "theme": "safety", "estate": "E01", "channel": "door-knock"}] * 12
    bring_to_world(layer_target(LAYERS["repairs"]), *repairs)
    bring_to_world(layer_target(LAYERS["feedback"]), *said)
    refresh(world, weights(tmp_path))
    return world


def test_there_is_a_row_for_each_theme_of_each_estate(ranked_world: Database) -> None:
    """In order of the ranks, with the estate's outline; where there is no ranking, one with the reason."""
    frame = priority_areas(ranked_world, OFFICER).frame
    assert list(frame.columns) == [*COLUMNS, "geometry"] and frame.crs == 4326
    alder = frame[frame["estate"] == "E01"]
    assert set(alder["theme"]) == set(THEMES) and list(alder["rank"]) == sorted(alder["rank"])
    assert frame["id"].is_unique and set(alder["name"]) == {"Alder"} and alder.geometry.nunique() == 1
    others = frame[frame["estate"] != "E01"]
    assert list(others["id"]) == ["E02", "E03", "E04", "E05", "E06"]
    assert others["theme"].isna().all() and others["refusal"].str.startswith("Too little to rank").all()


def test_the_figures_are_those_that_were_found(ranked_world: Database) -> None:
    """Scores as how many times the usual, parts with their weights, and who puts what first."""
    run, found = latest_priorities(ranked_world, OFFICER) or ("", None)
    areas = priority_areas(ranked_world, OFFICER)
    assert areas.run == run and found and areas.refusal == ""
    ranking = found.estates["E01"].ranking
    assert ranking and ranking.voice_and_record.residents and ranking.voice_and_record.records
    for each, row in zip(ranking.themes, areas.frame.to_dict("records"), strict=False):
        assert (row["theme"], row["first"], row["tied"]) == (each.theme, each.first, each.tied)
        assert row["times"] == 2**each.score and row["times_low"] == 2**each.low
        assert row["voice_times"] == 2 ** each.parts["voice"].value and row["satisfaction_times"] is None
        assert (row["residents_first"], row["records_first"]) == ("safety", "repairs")
        weighed = [row[f"{part}_weight"] for part in each.parts]
        assert sum(weighed) == pytest.approx(1)


def test_before_a_run_there_is_nothing(world: Database) -> None:
    """It is said, with the command that helps."""
    areas = priority_areas(world, OFFICER)
    assert areas.frame.empty and list(areas.frame.columns) == [*COLUMNS, "geometry"]
    assert areas.refusal == "The priorities have not been weighed yet: run priorities analyse."


def test_nobody_else_sees_them(ranked_world: Database) -> None:
    """They are made of single records."""
    with pytest.raises(NotVisible):
        priority_areas(ranked_world, PUBLIC)
