from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from shapely import Polygon

from analysis.hotspot_areas import HotspotAreas, hotspot_areas
from evidence import Database, Selection, Viewer
from geo.crs import to_lonlat
from geo.trend import TrendClass
from layers._layer import Theme
from layers._registry import LAYERS
from maps.hotspots import LOOKS, HotspotMap, chance, hotspot_map

OFFICER = Viewer("officer")
ASB = LAYERS["asb"]
NAMES = {"E01": "Alder", "E02": "Beech"}
YEAR = Selection(first=date(2025, 7, 1), last=date(2026, 6, 1))


@pytest.fixture(scope="module")
def found_hotspots(analysed: Database) -> HotspotAreas:
    """What was found in a small world: rubbish that is new in Alder, noise that lasts in Beech."""
    return hotspot_areas(analysed, OFFICER, ASB)


def hotspots_of_year(found_hotspots: HotspotAreas, *themes: Theme, **more: object) -> HotspotMap:
    """The map of the year that was analysed, for some themes."""
    return hotspot_map(found_hotspots, replace(YEAR, themes=frozenset(themes), **more), NAMES)  # type: ignore[arg-type]


def test_one_theme_has_its_own_hotspots_and_several_have_those_of_all(found_hotspots: HotspotAreas) -> None:
    """Nor has a theme of which the layer says nothing."""
    assert hotspots_of_year(found_hotspots, Theme.CLEANLINESS).title == "Hotspots of cleanliness"
    assert [each.sentence[:34] for each in hotspots_of_year(found_hotspots, Theme.CLEANLINESS).places] == [
        "A new hotspot of cleanliness in Al"
    ]
    for themes in ((), (Theme.CLEANLINESS, Theme.SAFETY), (Theme.REPAIRS,)):
        assert (hotspots_of_year(found_hotspots, *themes).theme, hotspots_of_year(found_hotspots, *themes).title) == (
            "all",
            "Hotspots of all themes",
        )


def test_the_list_the_legend_and_the_map_tell_the_same(found_hotspots: HotspotAreas) -> None:
    """Every place is in all three, every cell in a place, and letters and sentences agree."""
    shown = hotspots_of_year(found_hotspots)
    assert len(shown.places) == sum(number for _, number in shown.courses) == len(shown.data["places"]) >= 2
    assert [each["words"] for each in shown.data["places"]] == [each.sentence for each in shown.places]
    assert [each["letter"] for each in shown.data["places"]] == [each.look.letter for each in shown.places]
    assert {each["place"] for each in shown.data["cells"]} == {each.number for each in shown.places}
    opening = {"N": "A new", "P": "A lasting", "F": "A fading", "H": "A hotspot (whether", "?": "A hotspot (since when"}
    assert all(each.sentence.startswith(opening[each.look.letter]) for each in shown.places)


def test_what_has_begun_comes_first(found_hotspots: HotspotAreas) -> None:
    """In the list and in the legend, whatever the order in which they were found."""
    letters = [each.look.letter for each in hotspots_of_year(found_hotspots).places]
    assert letters == sorted(letters, key="NPHF".index) and letters[0] == "N"
    assert [look.letter for look, _ in hotspots_of_year(found_hotspots).courses] == sorted(
        set(letters), key="NPHF".index
    )


def test_cells_and_letters_lie_where_the_evidence_is(found_hotspots: HotspotAreas) -> None:
    """Latitude before longitude, as Leaflet has it: the point at which rubbish was planted is in a cell."""
    shown = hotspots_of_year(found_hotspots, Theme.CLEANLINESS)
    (lon,), (lat,) = to_lonlat([485250], [236225])
    assert any(
        Polygon(each["ring"]).buffer(1e-6).contains(Polygon(each["ring"]).centroid) for each in shown.data["cells"]
    )
    distance = [
        Polygon(each["ring"]).centroid.distance(Polygon([(lat, lon)] * 4).centroid) for each in shown.data["cells"]
    ]
    assert min(distance) < 1.5e-3
    assert shown.places[0].at == pytest.approx((lat, lon), abs=2e-3)


def test_a_card_says_in_words_what_was_found(found_hotspots: HotspotAreas) -> None:
    """The figures of the place, the cell's own, and how much chance there may be."""
    shown = hotspots_of_year(found_hotspots, Theme.CLEANLINESS)
    cells = found_hotspots.frame[found_hotspots.frame["theme"] == "cleanliness"].to_dict("records")
    for card, cell in zip(shown.data["cells"], cells, strict=True):
        assert card["title"] == "New hotspot in Alder"
        assert card["words"].startswith(shown.places[0].sentence.split(": ")[1])
        assert f" In this cell {cell['cell_cases']}, of {cell['cell_homes']} homes. Of places as " in card["words"]


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (
            1e-300,
            "Of places as clear as this, chance alone makes fewer than 1 in 1,000 (p 0.001 or less after correction).",
        ),
        (0.004, "Of places as clear as this, chance alone makes about 1 in 250 (p 0.004 after correction)."),
        (0.05, "Of places as clear as this, chance alone makes about 1 in 20 (p 0.050 after correction)."),
    ],
)
def test_chance_is_told_in_words(p: float, words: str) -> None:
    """Never as a zero."""
    assert chance(p) == words


def test_how_sure_it_is_is_said(found_hotspots: HotspotAreas) -> None:
    """How many cells were tested, the cut-off in words, the months, and what was located."""
    shown = hotspots_of_year(found_hotspots)
    assert shown.tested == (
        f"{found_hotspots.tested['all']} places of three sizes with enough homes were tested; "
        "of what is told, chance alone would make at most 1 in 20."
    )
    assert "chance alone" not in replace(shown, theme="safety").tested
    assert shown.period == "July 2025 to June 2026"
    assert shown.located == "451 of 451 cases of anti-social behaviour could be located."


def test_a_page_of_something_else_says_what_hotspots_are_of(found_hotspots: HotspotAreas) -> None:
    """Of other months, of some categories or of two themes; not where it is the same."""
    assert hotspots_of_year(found_hotspots).differs == hotspots_of_year(found_hotspots, Theme.CLEANLINESS).differs == ""
    said = "Hotspots are always of all categories in the last complete months, July 2025 to June 2026."
    assert (
        hotspots_of_year(found_hotspots, last=date(2026, 5, 1)).differs
        == hotspots_of_year(found_hotspots, categories=frozenset({"noise"})).differs
        == said
    )
    assert hotspots_of_year(found_hotspots, Theme.CLEANLINESS, Theme.SAFETY).differs == said


def test_where_nothing_can_be_said_nothing_is_drawn(world: Database) -> None:
    """A layer without an analysis, and one in which nothing is hot."""
    shown = hotspot_map(hotspot_areas(world, OFFICER, ASB), YEAR, NAMES)
    assert "have not been analysed yet" in shown.found.refusal
    assert (shown.title, shown.period, shown.differs, shown.places, shown.courses) == ("Hotspots", "", "", (), [])
    assert (shown.data["cells"], shown.data["places"]) == ([], [])


def test_a_theme_in_which_nothing_is_hot_has_no_place(found_hotspots: HotspotAreas) -> None:
    """Though it was analysed."""
    shown = hotspots_of_year(found_hotspots, Theme.COMMUNITY_SPACES)
    assert (shown.title, shown.places, shown.courses) == ("Hotspots of community spaces", (), [])
    assert shown.data["cells"] == []
    assert shown.tested == "No place could be tested: too little was recorded, or there are too few homes."


def test_letters_can_be_read_and_told_apart_without_colour(luminance: Callable[[str], float]) -> None:
    """White on the colour has at least 4.5:1 (WCAG 2.2); every course of a hotspot has its letter and its words."""
    assert {look.letter for look in LOOKS.values()} == set("NGPH1F?") and len(
        {look.words for look in LOOKS.values()}
    ) == 7
    assert set(LOOKS) == set(TrendClass) - {TrendClass.NONE}
    for look in LOOKS.values():
        assert 1.05 / (luminance(look.colour) + 0.05) >= 4.5
        assert luminance(look.tint) > luminance(look.colour) and len(look.tint) == len("#rrggbb")
