from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from evidence import PUBLIC, Database, NotVisible, Selection, Viewer, ingest, layer_target
from layers._layer import Theme
from layers._registry import LAYERS
from maps.estates import Column
from maps.officer import officers_view

OFFICER = Viewer("officer", "Test", None)
LAYER = LAYERS["asb"]
TODAY = date(2026, 6, 17)
ALDER, BEECH, FIR = (485500, 236500), (486500, 236500), (487500, 237500)
"""In estates with 20, 12 and no homes."""


@pytest.fixture
def cases(world: Database, tmp_path: Path) -> Database:
    """Cases of anti-social behaviour: 30 in Alder, 3 in Beech, 2 in Fir in the last year, one before, one nowhere."""
    rows: list[tuple[str, str, tuple[object, object]]] = [("2026-01-15", "noise", ALDER)] * 28
    rows += [("2025-07-01", "animals", ALDER)] * 2
    rows += [("2026-02-01", "noise", BEECH)] * 3 + [("2026-05-31", "violence", FIR)] * 2
    rows += [("2023-03-03", "noise", BEECH), ("2026-03-03", "noise", ("", ""))]
    lines = [f"R{number},{day},{what},no,{x},{y}" for number, (day, what, (x, y)) in enumerate(rows)]
    file = tmp_path / "asb.csv"
    file.write_text("\n".join(["case id,date opened,category,hate,easting,northing", *lines]))
    ingest(world, layer_target(LAYER), file, today=TODAY)
    return world


def test_the_last_twelve_complete_months_are_shown_unasked(cases: Database) -> None:
    """The view says which, in words and in the address, and counts no other."""
    view = officers_view(cases, OFFICER, LAYER, Selection(), TODAY)
    assert view.period == "June 2025 to May 2026"
    assert (view.figures.total, view.figures.located) == (36, 35)
    assert view.located == "35 of 36 are on the map; the others name no place."
    assert "first=2025-06&last=2026-05" in view.address()


def test_a_period_outside_the_data_is_not_believed(cases: Database) -> None:
    """It was the form's for another layer; a period that overlaps is cut to the data."""
    outside = Selection(first=date(2010, 1, 1), last=date(2011, 1, 1))
    assert officers_view(cases, OFFICER, LAYER, outside, TODAY).period == "June 2025 to May 2026"
    overlapping = Selection(first=date(2010, 1, 1), last=date(2023, 12, 1))
    view = officers_view(cases, OFFICER, LAYER, overlapping, TODAY)
    assert (view.period, view.figures.total) == ("March 2023 to December 2023", 1)


def test_all_that_is_told_is_told_of_the_same_selection(cases: Database) -> None:
    """Sentence, list, table, legend, tiles, items and map: by theme and category."""
    asked = Selection(themes=frozenset({Theme.ANTI_SOCIAL_BEHAVIOUR}), categories=frozenset({"noise"}))
    view = officers_view(cases, OFFICER, LAYER, asked, TODAY)
    assert view.choices.narrowed == ["anti-social behaviour", "noise"]
    assert {each.name: each.count for each in view.ranked if each.count} == {"Alder": 28, "Beech": 3}
    assert view.sentence.startswith("Alder has 1,400 cases of anti-social behaviour per 1,000 homes")
    assert sum(each.estates for each in view.legend.classes) == 2
    words = "theme=anti-social+behaviour&category=noise&first=2025-06&last=2026-05"
    assert view.data["tiles"].endswith(f"?v={view.figures.version}&{words}")
    assert view.data["items"] == f"/api/collections/asb/items?{words}"
    assert {code: each["figure"] for code, each in view.data["estates"].items()}["E01"] == "1,400"


def test_the_map_is_given_the_estates_in_the_order_of_the_list(cases: Database) -> None:
    """Each with its class, the one without homes with none and its count in words."""
    view = officers_view(cases, OFFICER, LAYER, Selection(), TODAY)
    estates = view.data["estates"]
    assert list(estates) == [each.code for each in view.ranked]
    assert estates["E06"] == {
        "name": "Fir",
        "step": None,
        "homes": 0,
        "figure": "",
        "card": "2 cases of anti-social behaviour; no homes listed, so no rate",
    }
    assert estates["E01"]["step"] == len(view.data["colours"]) - 1
    assert view.legend.no_homes == 1


def test_an_estate_is_opened_by_its_code(cases: Database) -> None:
    """Sentence and address follow; a code that is not there opens none."""
    view = officers_view(cases, OFFICER, LAYER, Selection(), TODAY, "E02")
    assert view.opened is not None
    assert view.opened.name == "Beech"
    assert view.sentence.startswith("Beech has 250 cases")
    assert "open=E02" in view.address(sort="name")
    assert "open" not in view.address(open="")
    assert officers_view(cases, OFFICER, LAYER, Selection(), TODAY, "nowhere").opened is None


def test_what_is_not_shown_close_up_is_said(cases: Database) -> None:
    """By the names of the patch, or whose records are not shown at all; with nothing to ask for where there is none."""
    patched = officers_view(
        cases, Viewer("officer", "Test", frozenset({"E02", "E01", "gone"})), LAYER, Selection(), TODAY
    )
    assert patched.close_up == "Single records, and heat close up, are those of your patch: Alder, Beech."
    assert patched.data["items"] and patched.data["deepest"] == 16
    planner = officers_view(cases, Viewer("planner", "Test"), LAYER, Selection(), TODAY)
    assert planner.close_up == "Single records, and heat close up, are for the officers of an estate."
    assert planner.data["items"] is None and planner.data["deepest"] == 11
    for viewer, layer in ((OFFICER, LAYER), (Viewer("planner", "Test"), LAYERS["projects"])):
        view = officers_view(cases, viewer, layer, Selection(), TODAY)
        assert view.close_up == "" and view.data["items"] and view.data["deepest"] == 16
    assert [each.count for each in planner.ranked] == [each.count for each in patched.ranked]


@pytest.mark.parametrize("column", get_args(Column))
def test_the_table_has_every_estate_in_any_order(cases: Database, column: Column) -> None:
    """Sorting loses none."""
    view = officers_view(cases, OFFICER, LAYER, Selection(), TODAY, column=column)
    assert {each.code for each in view.table} == {"E01", "E02", "E03", "E04", "E05", "E06"}


def test_bars_fit_their_scale(cases: Database) -> None:
    """The lower end of every range is in the picture, and the widest upper ends run out of it."""
    view = officers_view(cases, OFFICER, LAYER, Selection(), TODAY)
    assert all(view.on_scale(each.low) < 100 for each in view.ranked if each.low is not None)
    assert view.on_scale(0) == 0
    assert view.on_scale(1e9) == 100


def test_fields_are_called_what_the_record_calls_them(cases: Database) -> None:
    """In the record's order, without what tells how to fill them in."""
    fields = officers_view(cases, OFFICER, LAYER, Selection(), TODAY).data["layer"]["fields"]
    assert list(fields) == list(LAYER.record.model_fields)
    assert fields["closed"] == "Date the case was closed"


def test_a_map_that_misses_many_rows_says_so(cases: Database, tmp_path: Path) -> None:
    """Below nine in ten it is not trusted without a word; 35 of 36 are enough, 35 of 40 are not."""
    assert not officers_view(cases, OFFICER, LAYER, Selection(), TODAY).few_located
    file = tmp_path / "nowhere.csv"
    rows = [f"N{number},2026-01-15,noise,no,," for number in range(4)]
    file.write_text("\n".join(["case id,date opened,category,hate,easting,northing", *rows]))
    ingest(cases, layer_target(LAYER), file, today=TODAY)
    view = officers_view(cases, OFFICER, LAYER, Selection(), TODAY)
    assert (view.figures.located, view.figures.total, view.few_located) == (35, 40, True)


def test_the_analysis_is_told_with_the_figures(analysed: Database) -> None:
    """Hotspots of the theme chosen, with the estates' names; of the estate that is opened its course, of none none."""
    asked = Selection(themes=frozenset({Theme.CLEANLINESS}))
    view = officers_view(analysed, OFFICER, LAYER, asked, date(2026, 7, 17), "E01")
    assert [each.sentence[:43] for each in view.hotspots.places] == ["A new hotspot of cleanliness in Alder: 30 c"]
    assert view.data["hotspots"] == view.hotspots.data
    assert view.trend is not None and view.trend.theme == "cleanliness" and sum(filter(None, view.trend.counts)) == 30
    assert officers_view(analysed, OFFICER, LAYER, asked, date(2026, 7, 17)).trend is None


def test_a_layer_without_data_says_so(world: Database) -> None:
    """No period, no month to choose, no class, and a sentence."""
    view = officers_view(world, OFFICER, LAYER, Selection(first=date(2025, 1, 1)), TODAY)
    assert (view.period, list(view.choices.months), view.legend.classes) == ("", [], ())
    assert view.sentence == "There are no cases of anti-social behaviour yet."
    assert view.data["items"] == "/api/collections/asb/items?"


def test_the_public_is_told_nothing(world: Database) -> None:
    """The front door of the layers refuses, not this page."""
    with pytest.raises(NotVisible):
        officers_view(world, PUBLIC, LAYER, Selection(), TODAY)
