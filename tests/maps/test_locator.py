from xml.etree import ElementTree

import geopandas as gpd
import pytest
from shapely import LineString

from evidence import PUBLIC, Database, areas
from geo.crs import WGS84, to_lonlat
from maps.locator import ACROSS, locator

SVG = "{http://www.w3.org/2000/svg}"


def roads(x: float, y: float) -> gpd.GeoDataFrame:
    """A road through a place, from west to east."""
    lon, lat = to_lonlat([x - 3000, x + 3000], [y + 200, y + 200])
    line = LineString(list(zip(lon, lat, strict=True)))
    return gpd.GeoDataFrame({"code": ["H<3"], "geometry": [line]}, crs=WGS84)


def drawn_locator(world: Database, x: float, y: float) -> ElementTree.Element:
    """The map of a place, read as XML."""
    (lon,), (lat,) = to_lonlat([x], [y])
    return ElementTree.fromstring(
        locator(areas(world, PUBLIC), roads(x, y), lon, lat, "Map: in <Beech> & so on", "#2b6e46")
    )


def test_the_map_shows_place_estates_roads_and_scale(world: Database) -> None:
    """Drawn on the server, with a name for those who do not see it; what is written on it is escaped."""
    made = drawn_locator(world, 486500, 236500)
    assert made.attrib["role"] == "img"
    assert made.find(f"{SVG}title").text == "Map: in <Beech> & so on"  # type: ignore[union-attr]
    words = {each.text for each in made.iter(f"{SVG}text")}
    assert {"Beech", "H<3", "500 metres"} <= words
    scale = made.findall(f"{SVG}path")[-1].attrib["d"]
    assert f"h{float(made.attrib['width']) * 500 / ACROSS:g}" in scale
    assert "style" not in {name for each in made.iter() for name in each.attrib}


def test_names_are_not_cut_off_and_not_under_the_mark(world: Database) -> None:
    """At the corner of four estates each name lies inside the drawing, beside the mark."""
    made = drawn_locator(world, 486000, 237000)
    width = float(made.attrib["width"])
    names = [each for each in made.iter(f"{SVG}text") if each.text in ("Alder", "Beech", "Damson", "Elm")]
    assert {each.text for each in names} == {"Alder", "Beech", "Damson", "Elm"}
    for each in names:
        half = 4.5 * len(each.text or "")
        assert half <= float(each.attrib["x"]) <= width - half


@pytest.mark.parametrize("place", [(482000, 233000), (486500, 236500)])
def test_a_place_far_from_everything_is_still_a_map(world: Database, place: tuple[int, int]) -> None:
    """Without any estate in it, or without any estates at all."""
    none = areas(world, PUBLIC).iloc[:0]
    (lon,), (lat,) = to_lonlat([place[0]], [place[1]])
    assert drawn_locator(world, *place) is not None
    assert "500 metres" in locator(none, roads(*place), lon, lat, "Map", "#2b6e46")
