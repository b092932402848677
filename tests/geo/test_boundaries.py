"""Boundary files as councils send them, and what can be wrong with the shapes in them."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import box

from geo.boundaries import LARGEST_GAP_M2, problems, read_boundaries, repair
from geo.crs import grid_frame
from geo.errors import Refused

NETHERFIELD, COFFEE_HALL = box(487_000, 237_000, 488_000, 238_000), box(486_000, 237_000, 487_000, 238_000)


def _estates(**columns: object) -> gpd.GeoDataFrame:
    table = {"REF": ["NF", "CH"], "ESTATE": ["Netherfield", "Coffee Hall"], **columns}
    return gpd.GeoDataFrame(table, geometry=[NETHERFIELD, COFFEE_HALL], crs=27700)


def _areas(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": list("ABCDEFGH"[: len(shapes)])}, geometry=list(shapes), crs=27700)


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson", "tab", "fgb"])
def test_read_takes_any_format_to_the_grid(tmp_path: Path, ending: str) -> None:
    """The formats in use at councils, whether in metres or in degrees, give the same areas."""
    path = tmp_path / f"estates.{ending}"
    frame = _estates()
    (frame.to_crs(4326) if ending == "geojson" else frame).to_file(path)
    areas = read_boundaries(path, "REF", "ESTATE").set_index("code")
    assert list(areas.columns) == ["name", "geometry"]
    assert areas.crs == 27700
    assert areas.loc["NF", "name"] == "Netherfield"
    # GeoJSON went out by PROJ without the grid of shifts, so it comes back 1-2 m away.
    assert areas.geometry["NF"].hausdorff_distance(NETHERFIELD) < (3 if ending == "geojson" else 1e-6)


def test_read_keeps_parish_and_provenance_and_nothing_else(tmp_path: Path) -> None:
    """Columns that the service does not know stay behind."""
    path = tmp_path / "estates.gpkg"
    _estates(parish=["Woughton", None], provenance="indicative", owner="x").to_file(path)
    areas = read_boundaries(path, "REF", "ESTATE")
    assert list(areas.columns) == ["code", "name", "parish", "provenance", "geometry"]
    assert list(areas["parish"]) == ["Woughton", ""]


def test_read_tidies_codes_and_names(tmp_path: Path) -> None:
    """Numbers stay whole, blanks around a code go, and a name that is missing is the code."""
    path = tmp_path / "estates.gpkg"
    _estates(number=[12.0, 7.0], padded=[" NF ", "CH"], half=["Netherfield", None]).to_file(path)
    assert list(read_boundaries(path, "number", "half")["code"]) == ["12", "7"]
    areas = read_boundaries(path, "padded", "half")
    assert list(areas["code"]) == ["NF", "CH"]
    assert list(areas["name"]) == ["Netherfield", "CH"]


def test_read_asks_which_layer(tmp_path: Path) -> None:
    """A file with several layers names them; the one asked for is read, and a wrong name is refused."""
    path = tmp_path / "estates.gpkg"
    _estates().to_file(path, layer="now")
    _estates(REF=["N1", "C1"]).to_file(path, layer="before")
    with pytest.raises(Refused, match="several layers: now, before"):
        read_boundaries(path, "REF", "ESTATE")
    assert set(read_boundaries(path, "REF", "ESTATE", layer="before")["code"]) == {"N1", "C1"}
    with pytest.raises(Refused, match="cannot be read as a file of shapes"):
        read_boundaries(path, "REF", "ESTATE", layer="tomorrow")


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (_estates().drop(columns="REF"), "has no column REF. Its columns are: ESTATE"),
        (_estates().drop(columns=["REF", "ESTATE"]), "has no column REF and no column ESTATE"),
        (_estates(REF=["NF", " "]), "1 of the 2 rows of estates.gpkg have no code"),
        (_estates(REF=["NF", "NF"]), "uses NF for more than one row"),
        (_estates().iloc[:0], "has no rows"),
        (_estates().set_geometry(_estates().centroid), "has no polygons"),
        (_estates().set_geometry(np.array([NETHERFIELD, None])), "CH in estates.gpkg have no polygon"),
        (
            gpd.GeoDataFrame({"REF": ["NF"], "ESTATE": ["Netherfield"]}, geometry=[NETHERFIELD]),
            "coordinate reference system",
        ),
    ],
)
def test_read_refuses_what_cannot_be_a_boundary_set(tmp_path: Path, frame: gpd.GeoDataFrame, sentence: str) -> None:
    """Each refusal says what is wrong and where."""
    path = tmp_path / "estates.gpkg"
    frame.to_file(path)
    with pytest.raises(Refused, match=sentence):
        read_boundaries(path, "REF", "ESTATE")


def test_read_refuses_what_is_no_file_of_shapes(tmp_path: Path) -> None:
    """A table, a picture and a path that leads nowhere each get their sentence."""
    table, picture = tmp_path / "estates.csv", tmp_path / "estates.png"
    table.write_text("REF,ESTATE\nNF,Netherfield\n")
    picture.write_bytes(b"\x89PNG not really")
    with pytest.raises(Refused, match="has a table but no shapes"):
        read_boundaries(table, "REF", "ESTATE")
    with pytest.raises(Refused, match="cannot be read as a file of shapes"):
        read_boundaries(picture, "REF", "ESTATE")
    with pytest.raises(Refused, match="There is no file"):
        read_boundaries(tmp_path / "nowhere.gpkg", "REF", "ESTATE")


def test_repair_says_what_it_did() -> None:
    """A bow-tie of two triangles, a shape with a stray line, and a sound one that is left alone."""
    # Its triangles meet at (10, 10) and have 75 and 300 m², of which the broken ring counts one as negative.
    bow_tie = shapely.Polygon([(0, 0), (30, 30), (30, 0), (0, 15)])
    with_line = shapely.GeometryCollection([box(0, 0, 2, 2), shapely.LineString([(0, 0), (9, 9)])])
    frame, said = repair(_areas(bow_tie, box(0, 0, 5, 5), with_line))
    assert shapely.is_valid(frame.geometry).all()
    assert set(frame.geom_type) <= {"Polygon", "MultiPolygon"}
    assert frame.area.to_numpy() == pytest.approx([375, 25, 4])
    assert said == [
        "A was repaired (self-intersection at 10 10); its area changed by +150.0 m².",
        "C was repaired (stray points or lines); its area changed by +0.0 m².",
    ]


def test_repair_fills_what_is_enclosed_twice() -> None:
    """Two parts of one estate that overlap are their union, not the union less the overlap."""
    frame, said = repair(_areas(shapely.MultiPolygon([box(0, 0, 20, 20), box(10, 10, 30, 30)])))
    assert frame.area[0] == 700
    assert len(said) == 1


def test_repair_refuses_an_area_that_collapses() -> None:
    """A polygon that is a line has no inside to count homes in."""
    with pytest.raises(Refused, match="No area is left of B"):
        repair(_areas(box(0, 0, 1, 1), shapely.Polygon([(0, 0), (5, 5), (0, 0)])))


def test_repair_leaves_a_sound_set_as_it_is() -> None:
    """Nothing to say, nothing changed, labels and columns kept."""
    before = _estates().rename(columns={"REF": "code"}).set_index(pd.Index([5, 9]))
    after, said = repair(before)
    assert said == []
    pd.testing.assert_frame_equal(pd.DataFrame(after), pd.DataFrame(before))


def test_problems_finds_overlaps_by_pair_and_area() -> None:
    """A broad overlap, a thin one, and neighbours that only share an edge."""
    found = problems(_areas(box(0, 0, 100, 100), box(90, 0, 200, 100), box(0, 99.5, 90, 200), box(200, 0, 300, 9)))
    assert list(found["kind"]) == ["overlap", "overlap"]
    assert list(found["codes"]) == [("A", "B"), ("A", "C")]
    assert found["area_m2"].to_numpy() == pytest.approx([1_000, 45])
    # 4 pi 45 / 181^2 = 0.017
    assert found["thinness"].to_numpy() == pytest.approx([0.2596, 0.0173], abs=1e-4)
    assert list(found["sliver"]) == [False, True]


def test_problems_finds_gaps_between_areas() -> None:
    """The hole between two halves of a ring is a gap; an estate's own hole, or a large one, is not."""
    ring, own_hole = box(0, 0, 100, 100) - box(40, 40, 50, 60), box(60, 60, 70, 70)
    west, east = (ring - own_hole) & box(0, 0, 45, 100), (ring - own_hole) & box(45, 0, 100, 100)
    side = np.sqrt(LARGEST_GAP_M2) + 1
    far = box(200, 0, 400, 300) - box(250, 50, 250 + side, 50 + side)
    halves = [far & box(200, 0, 300, 300), far & box(300, 0, 400, 300)]
    found = problems(_areas(west, east, *halves))
    assert list(zip(found["kind"], found["codes"], found["area_m2"], strict=True)) == [("gap", ("A", "B"), 200)]


def test_problems_of_a_sound_or_empty_set_are_none() -> None:
    """Square estates that share their edges, one area, and none."""
    for frame in (_areas(NETHERFIELD, COFFEE_HALL), _areas(NETHERFIELD), _areas()):
        found = problems(frame)
        assert found.empty
        assert {"kind", "codes", "area_m2", "thinness", "sliver", "geometry"} == set(found.columns)


def test_problems_of_real_wards_moved_apart(shared_data: Path) -> None:
    """The published wards have none; moving one by five metres opens slivers with its neighbours only."""
    wards = gpd.read_file(shared_data / "mk_wards2021_bsc.geojson")
    wards, _ = repair(grid_frame(wards.rename(columns={"ward21_code": "code"})))
    assert problems(wards).empty
    moved = wards["code"].iloc[7]
    near = set(wards.loc[wards.touches(wards.geometry.iloc[7]) | (wards["code"] == moved), "code"])
    wards.loc[wards["code"] == moved, "geometry"] = wards.geometry.translate(5, 5)
    found = problems(wards)
    assert (found["kind"] == "overlap").any()
    assert found["sliver"].any()
    assert all(moved in codes and near.issuperset(codes) for codes in found["codes"])
