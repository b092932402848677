import json
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.boundaries import DISTRICT, ESTATES, FACTS, GRID_ROADS, build
from geo.boundaries import problems
from geo.crs import grid_frame
from geo.errors import Refused

COUNCIL_ESTATES = {
    "Beanhill": ["Dodkin", "Neapland"],
    "Coffee Hall": ["Garraways", "Jonathans"],
    "Fullers Slade": ["Bellwether", "Weavers Hill"],
    "Lakes Estate": ["Grasmere Way", "Thirlmere Avenue", "Windermere Drive"],
    "Netherfield": ["Beadlemead", "Farmborough"],
    "North Bradville": ["Crispin Road", "Harrowden", "Kingsfold"],
    "Tinkers Bridge": ["Colne", "Marshworth"],
}
COUNCIL_HOMES_2021 = 11_030
"""Households of Milton Keynes that rent from the council: Census 2021, TS054."""


@pytest.fixture(scope="module")
def estates() -> gpd.GeoDataFrame:
    """The shipped estates in EPSG:27700."""
    return grid_frame(gpd.read_file(ESTATES))


@pytest.fixture(scope="module")
def points() -> gpd.GeoDataFrame:
    """The points of the table, in EPSG:27700."""
    table = pd.read_csv(FACTS / "estate_points.csv")
    return grid_frame(gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326))


@pytest.mark.simulation
def test_building_gives_the_shipped_bytes_again() -> None:
    """Nothing in the three files was changed by hand, and building them twice is building them once."""
    for path, text in build.outputs().items():
        assert path.read_bytes() == text.encode(), path.name


def test_files_are_light() -> None:
    """A phone can take them."""
    assert {path.name: path.stat().st_size < 200_000 for path in (ESTATES, DISTRICT, GRID_ROADS)} == {
        "estates.geojson": True,
        "district.geojson": True,
        "grid_roads.geojson": True,
    }


def test_files_say_whose_data_they_are() -> None:
    """Each file names OpenStreetMap and its licence; the estates also say that they are indicative."""
    files = {path.stem: json.loads(path.read_text()) for path in (ESTATES, DISTRICT, GRID_ROADS)}
    for file in files.values():
        assert file["attribution"].startswith("© OpenStreetMap contributors, ODbL")
    assert files["estates"]["indicative"].startswith("Indicative.")


def test_estates_are_valid_polygons_with_stable_codes(estates: gpd.GeoDataFrame) -> None:
    """There are 100 to 150, of at most three parts, with codes that sort and names that are used once."""
    assert 100 <= len(estates) <= 150
    assert estates.is_valid.all()
    assert shapely.get_num_geometries(estates.geometry).max() <= 3
    assert estates["code"].str.fullmatch(r"MK-\d{3}").all()
    assert estates["code"].is_monotonic_increasing
    assert estates["code"].is_unique
    assert estates["name"].is_unique


def test_every_estate_is_described(estates: gpd.GeoDataFrame) -> None:
    """Parish and provenance are there, and provenance is a sentence that names roads or a distance."""
    assert (estates[["parish", "provenance"]] != "").to_numpy().all()
    assert estates["provenance"].str.fullmatch(r"(The|Part of the) .*(\b[HV]\d|metres).*\.").all()


def test_estates_never_overlap(estates: gpd.GeoDataFrame) -> None:
    """No two interiors meet, to the last digit of the rounded coordinates."""
    shapes = estates.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    assert pairs.sum() > 50
    assert not shapely.relate_pattern(shapes[first[pairs]], shapes[second[pairs]], "T********").any()


def test_neighbours_leave_no_slivers(estates: gpd.GeoDataFrame) -> None:
    """The check that an imported set goes through finds nothing in the shipped one."""
    assert problems(estates).empty


def test_estates_lie_within_the_district(estates: gpd.GeoDataFrame) -> None:
    """The district as it is shipped covers every estate."""
    district = grid_frame(gpd.read_file(DISTRICT))
    assert district.is_valid.all()
    assert estates.covered_by(district.geometry.iloc[0]).all()


def test_every_point_lies_in_its_own_estate(estates: gpd.GeoDataFrame, points: gpd.GeoDataFrame) -> None:
    """Each point of the table is in the estate of its code, and no estate is without one."""
    found = points.sjoin(estates, predicate="within")
    assert (found["code_left"] == found["code_right"]).all()
    assert len(found) == len(points)
    assert set(found["code_left"]) == set(estates["code"])


def test_council_estates_are_there(estates: gpd.GeoDataFrame) -> None:
    """The seven that a source calls council estates are marked so, and each has its square or its own land."""
    facts = pd.read_csv(FACTS / "estates.csv")
    assert set(facts["name"][facts["council_estate"] == "yes"]) == set(COUNCIL_ESTATES)
    provenance = estates.set_index("name")["provenance"]
    assert provenance["Netherfield"] == "The grid square between H8, H9, V7 and V8."
    assert provenance["Beanhill"] == "The grid square between H8, H9, V6 and V7."
    assert "between H7, H8, V6 and V7" in provenance["Coffee Hall"]
    assert "between H8, H9, V8 and V10" in provenance["Tinkers Bridge"]


def test_council_homes_add_up_to_the_census(estates: gpd.GeoDataFrame) -> None:
    """Sharing them out lost no home, and gave none to an estate twice."""
    assert estates["council_homes_2021"].sum() == COUNCIL_HOMES_2021
    assert (estates["council_homes_2021"] >= 0).all()


def test_grid_roads_are_one_feature_each() -> None:
    """H1 to H10 and V1 to V12 have a name and a line each; the A5 only parts squares and is not among them."""
    roads = gpd.read_file(GRID_ROADS).set_index("code")
    assert set(roads.index) == {f"H{n}" for n in range(1, 11)} | {f"V{n}" for n in range(1, 13)}
    assert roads.loc["H6", "name"] == "Childs Way"
    assert roads.loc["V10", "name"] == "Brickhill Street"
    assert (shapely.get_dimensions(roads.geometry) == 1).all()


def test_a_point_on_a_road_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever moves a point onto a grid road is told which one it is."""
    facts = Path(shutil.copytree(FACTS, tmp_path / "facts"))
    vertex = pd.read_csv(facts / "grid_roads.csv").iloc[5]
    points = pd.read_csv(facts / "estate_points.csv")
    points.loc[0, ["lon", "lat"]] = vertex[["lon", "lat"]].astype(float)
    points.to_csv(facts / "estate_points.csv", index=False)
    monkeypatch.setattr(build, "FACTS", facts)
    with pytest.raises(Refused, match=f"off the road.*{vertex['lon']}, {vertex['lat']}"):
        build.outputs()


def test_bus_stops_lie_by_the_estate_they_are_named_after(estates: gpd.GeoDataFrame, shared_data: Path) -> None:
    """Of the active stops whose locality is an estate, 9 in 10 are within 150 m of it."""
    stops = pd.read_csv(shared_data / "mk_naptan_stops_2026.csv")
    stops = stops[(stops["Status"] == "active") & stops["LocalityName"].isin(estates["name"])]
    place = gpd.GeoSeries(gpd.points_from_xy(stops["Easting"], stops["Northing"]), crs=27700)
    own = gpd.GeoSeries(estates.set_index("name").geometry[stops["LocalityName"]].reset_index(drop=True))
    away = place.distance(own)
    assert len(away) > 1000
    assert (away <= 150).mean() >= 0.9
    assert away[stops["LocalityName"].isin(COUNCIL_ESTATES).to_numpy()].max() <= 150


@pytest.mark.parametrize("name", COUNCIL_ESTATES)
def test_streets_lie_in_the_council_estate_they_belong_to(
    name: str, estates: gpd.GeoDataFrame, shared_data: Path
) -> None:
    """Streets that a local would name first lie in the estate, but for a turning off the grid road."""
    streets = grid_frame(gpd.read_file(shared_data / "mk_streets_osm2016.geojson")).set_index("street")
    estate = estates.set_index("name").geometry[name]
    lengths = gpd.GeoSeries(streets.geometry[COUNCIL_ESTATES[name]])
    inside = lengths.intersection(estate).length / lengths.length
    assert inside.to_dict() == pytest.approx(dict.fromkeys(COUNCIL_ESTATES[name], 1.0), abs=0.05)


def test_council_homes_follow_the_census_tables(estates: gpd.GeoDataFrame, shared_data: Path) -> None:
    """An estate has at least the council homes of every LSOA whose postcodes all lie in it."""
    tenure = pd.read_csv(shared_data / "mk_census2021_household_tenure_lsoa21.csv").set_index("lsoa21_code")
    council = tenure["Social rented: Rents from council or Local Authority"]
    assert council.sum() == COUNCIL_HOMES_2021
    postcodes = pd.read_csv(shared_data / "mk_postcodes_cpo_2025.csv").dropna(subset=["lsoa11cd"])
    place = gpd.points_from_xy(postcodes["easting"], postcodes["northing"])
    units = gpd.GeoDataFrame(postcodes[["lsoa11cd"]], geometry=place, crs=27700).sjoin(estates, how="left")
    units = units[units["lsoa11cd"].isin(council.index)]
    whole = units.groupby("lsoa11cd")["code"].agg(lambda codes: codes.iloc[0] if codes.nunique(False) == 1 else "")
    whole = whole[whole != ""].dropna()
    at_least = council[whole.index].groupby(whole).sum()
    assert len(at_least) > 20
    assert (estates.set_index("code")["council_homes_2021"][at_least.index] >= at_least).all()
