"""Estates from homes: who gets the land, that neighbours fit, and how well it finds real wards again."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.areas import AreaIndex
from geo.errors import Refused
from geo.voronoi import estates_from_homes

ORIGIN = np.array([480_000.0, 230_000.0])


def _homes(places: object, estates: object) -> pd.DataFrame:
    easting, northing = (np.asarray(places, dtype=float).reshape(-1, 2) + ORIGIN).T
    table = {"uprn": [str(number) for number in range(easting.size)], "easting": easting, "northing": northing}
    return pd.DataFrame({**table, "estate": estates})


def _clustered(estates: int, each: int, strays: float) -> pd.DataFrame:
    """Homes about the centres of estates that run into each other, some of them named for another estate."""
    random = np.random.default_rng(4)
    centres = np.repeat(random.uniform(0, 3_000, (estates, 2)), each, axis=0)
    names = np.repeat([f"Estate {number:02d}" for number in range(estates)], each)
    stray = random.random(names.size) < strays
    names[stray] = random.permutation(names[stray])
    return _homes(np.round(centres + random.normal(0, 150, centres.shape), 1), names)


def _assert_sound(estates: gpd.GeoDataFrame) -> None:
    shapes = estates.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    assert shapely.is_valid(shapes).all()
    assert not shapely.relate_pattern(shapes[first[pairs]], shapes[second[pairs]], "T********").any()
    assert shapely.coverage_is_valid(shapes)
    assert estates.crs == 27700


def test_two_homes_share_the_land_between_them() -> None:
    """Half-planes cut to discs: the parting edge is the bisector, and each disc loses its segment."""
    estates = estates_from_homes(_homes([(0, 0), (100, 0)], ["Netherfield", "Beanhill"]), distance=80)
    assert estates.columns.tolist() == ["code", "name", "homes", "geometry"]
    assert estates["code"].tolist() == ["Beanhill", "Netherfield"]
    assert estates["homes"].tolist() == [1, 1]
    shared = shapely.intersection(*estates.geometry)
    assert shared.length == pytest.approx(2 * np.sqrt(80**2 - 50**2), rel=0.01)
    assert shapely.bounds(shared)[[0, 2]] == pytest.approx(ORIGIN[0] + 50, abs=0.001)
    segment = 80**2 * np.arccos(50 / 80) - 50 * np.sqrt(80**2 - 50**2)
    assert estates.area.to_numpy() == pytest.approx(np.pi * 80**2 - segment, rel=0.01)
    _assert_sound(estates)


def test_homes_at_one_point_are_one_cell_of_the_majority() -> None:
    """Flats go to the estate that most of them name, of equals to the smaller name; all homes are counted."""
    flats = [(0, 0)] * 5 + [(200, 0)] * 2
    estates = estates_from_homes(_homes(flats, ["B", "A", "B", "A", "B", "D", "C"]))
    assert estates["code"].tolist() == ["B", "C"]
    assert estates["homes"].tolist() == [3, 1]
    assert [shape.centroid.x for shape in estates.geometry] == pytest.approx([ORIGIN[0], ORIGIN[0] + 200], abs=1)


def test_land_is_limited_by_distance_and_clip() -> None:
    """No point of an estate is farther from its homes than asked, nor outside the district."""
    homes = _clustered(estates=12, each=40, strays=0.0)
    district = shapely.box(*ORIGIN, *(ORIGIN + 1_500))
    estates = estates_from_homes(homes, distance=60, clip=district)
    _assert_sound(estates)
    assert shapely.covers(district, estates.geometry.to_numpy()).all()
    for code, shape in zip(estates["code"], estates.geometry, strict=True):
        own = homes[homes["estate"] == code]
        reach = shapely.MultiPoint(own[["easting", "northing"]].to_numpy()).buffer(60.01, quad_segs=64)
        assert reach.covers(shape)


@pytest.mark.parametrize("strays", [0.0, 0.2])
def test_every_home_lies_in_its_own_estate(strays: float) -> None:
    """Also where estates are mixed; and the polygons fit without an overlap, to the last bit."""
    homes = _clustered(estates=20, each=100, strays=strays)
    estates = estates_from_homes(homes)
    _assert_sound(estates)
    index = AreaIndex(estates["code"].tolist(), list(estates.geometry))
    found = np.array(index.codes)[index.find(homes["easting"], homes["northing"])]
    assert (found == homes["estate"].to_numpy()).all()


def test_homes_in_a_row_and_on_a_lattice() -> None:
    """Where Voronoi cells degenerate: all on one line, or four cells meeting in every corner."""
    row = _homes([(10 * number, 0) for number in range(30)], ["A"] * 10 + ["B"] * 10 + ["A"] * 10)
    estates = estates_from_homes(row, distance=20)
    _assert_sound(estates)
    assert estates.geometry[1].area == pytest.approx(100 * 40, rel=0.03)
    places = [(10 * east, 10 * north) for east in range(20) for north in range(20)]
    board = _homes(places, [f"{(east // 50 + north // 50) % 2}" for east, north in places])
    estates = estates_from_homes(board, distance=5)
    _assert_sound(estates)
    assert estates.area[0] == pytest.approx(estates.area[1])


def test_one_home_is_an_estate_of_one_disc() -> None:
    """The smallest list there is."""
    estates = estates_from_homes(_homes([(0, 0)], ["A"]), distance=50)
    assert estates.area[0] == pytest.approx(np.pi * 50**2, rel=0.01)


def test_rows_without_place_or_estate_are_left_out() -> None:
    """They neither get land nor are counted; a list of nothing else is refused."""
    homes = _homes([(0, 0), (np.nan, 0), (90, 0)], ["A", "A", None])
    assert estates_from_homes(homes)["homes"].tolist() == [1]
    for nothing in (homes.iloc[1:], homes.iloc[:0]):
        with pytest.raises(Refused, match="No home in the list has an easting, a northing and an estate"):
            estates_from_homes(nothing)
    with pytest.raises(Refused, match="Check which columns"):
        estates_from_homes(homes, clip=shapely.box(0, 0, 1, 1))


def test_real_wards_are_found_again_from_their_postcodes(shared_data: Path) -> None:
    """Built from four fifths of the places of postcode units, it holds the rest (97.3-97.8 % over five seeds)."""
    units = pd.read_csv(shared_data / "mk_postcodes_cpo_2025.csv").rename(
        columns={"postcode": "uprn", "ward_name": "estate"}
    )
    # By place, not by unit: a unit at the very point of another would be found without any skill.
    place = units.groupby(["easting", "northing"]).ngroup().to_numpy()
    held_back = (np.random.default_rng(20).random(place.max() + 1) < 0.2)[place]
    estates = estates_from_homes(units[~held_back], distance=250)
    _assert_sound(estates)
    index = AreaIndex(estates["code"].tolist(), list(estates.geometry))
    found = index.find(units["easting"][held_back], units["northing"][held_back])
    own = np.array([*index.codes, ""])[found] == units["estate"][held_back].to_numpy()
    assert len(estates) == units["estate"].nunique()
    assert own.mean() > 0.96
