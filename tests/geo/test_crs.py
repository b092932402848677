"""OSTN15 against Ordnance Survey's own test points, and frames in every system that comes in."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, grid_frame, lonlat_frame, to_grid, to_lonlat
from geo.errors import Refused

# Ordnance Survey, OSTN15_OSGM15_TestInput_ETRStoOSGB.txt and OSTN15_OSGM15_TestOutput_ETRStoOSGB.txt of the
# OSTN15 developer pack (contains OS data, Crown copyright and database right 2016), TP01 to TP40: ETRS89
# latitude and longitude in degrees, easting and northing in metres.
ORDNANCE_SURVEY_TEST_POINTS = np.array(
    [
        (49.92226393730, -6.29977752014, 91492.146, 11318.804),
        (49.96006137820, -5.20304609998, 170370.718, 11572.405),
        (50.43885825610, -4.10864563561, 250359.811, 62016.569),
        (50.57563665000, -1.29782277240, 449816.371, 75335.861),
        (50.93127937910, -1.45051433700, 438710.920, 114792.250),
        (51.40078220140, -3.55128349240, 292184.870, 168003.465),
        (51.37447025550, 1.44454730409, 639821.835, 169565.858),
        (51.42754743020, -2.54407618349, 362269.991, 169978.690),
        (51.48936564950, -0.11992557180, 530624.974, 178388.464),
        (51.85890896400, -4.30852476960, 241124.584, 220332.641),
        (51.89436637350, 0.89724327012, 599445.590, 225722.826),
        (52.25529381630, -2.15458614387, 389544.190, 261912.153),
        (52.25160951230, -0.91248956970, 474335.969, 262047.755),
        (52.75136687170, 0.40153547065, 562180.547, 319784.995),
        (52.96219109410, -1.19747655922, 454002.834, 340834.943),
        (53.34480280190, -2.64049320810, 357455.843, 383290.436),
        (53.41628516040, -4.28918069756, 247958.971, 393492.909),
        (53.41630925420, -4.28917792869, 247959.241, 393495.583),
        (53.77911025760, -3.04045490691, 331534.564, 431920.794),
        (53.80021519630, -1.66379168242, 422242.186, 433818.701),
        (54.08666318080, -4.63452168212, 227778.330, 468847.388),
        (54.11685144290, -0.07773133187, 525745.670, 470703.214),
        (54.32919541010, -4.38849118133, 244780.636, 495254.887),
        (54.89542340420, -2.93827741149, 339921.145, 556034.761),
        (54.97912273660, -1.61657685184, 424639.355, 565012.703),
        (55.85399952950, -4.29649016251, 256340.925, 664697.269),
        (55.92478265510, -3.29479219337, 319188.434, 670947.534),
        (57.00606696050, -5.82836691850, 167634.202, 797067.144),
        (57.13902518960, -2.04856030746, 397160.491, 805349.736),
        (57.48625000720, -4.21926398555, 267056.768, 846176.972),
        (57.81351838410, -8.57854456076, 9587.909, 899448.996),
        (58.21262247180, -7.59255560556, 71713.132, 938516.404),
        (58.51560361300, -6.26091455533, 151968.652, 966483.780),
        (58.58120461280, -3.72631022121, 299721.891, 967202.992),
        (59.03743871190, -3.21454001115, 330398.323, 1017347.016),
        (59.09335035320, -4.41757674598, 261596.778, 1025447.602),
        (59.09671617400, -5.82799339844, 180862.461, 1029604.114),
        (59.53470794490, -1.62516966058, 421300.525, 1072147.239),
        (59.85409913890, -1.27486910356, 440725.073, 1107878.448),
        (60.13308091660, -2.07382822798, 395999.668, 1138728.951),
    ]
)
CENTIMETRE_IN_DEGREES = 9e-8
MILTON_KEYNES = shapely.box(480_000, 230_000, 481_000, 231_000)


def _frame(geometry: shapely.Geometry, crs: str | int | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": ["A"]}, geometry=[geometry], crs=crs)


def test_to_grid_gives_ordnance_surveys_published_points() -> None:
    """All forty points of the developer pack come out within a centimetre."""
    lat, lon, easting, northing = ORDNANCE_SURVEY_TEST_POINTS.T
    np.testing.assert_allclose(to_grid(lon, lat), (easting, northing), rtol=0, atol=0.01)


def test_to_lonlat_gives_ordnance_surveys_published_points() -> None:
    """The same forty points come back within a centimetre."""
    lat, lon, easting, northing = ORDNANCE_SURVEY_TEST_POINTS.T
    np.testing.assert_allclose(to_lonlat(easting, northing), (lon, lat), rtol=0, atol=CENTIMETRE_IN_DEGREES)


def test_the_point_that_shows_a_missing_grid() -> None:
    """PROJ issue 3079's point near Norwich, 3.2 m away when the grid of shifts is not used."""
    lon, lat = to_lonlat([624161], [308459.58])
    np.testing.assert_allclose((lon[0], lat[0]), (1.3107334884, 52.6276035206), atol=CENTIMETRE_IN_DEGREES)
    easting, northing = to_grid([1.3107334884], [52.6276035206])
    np.testing.assert_allclose((easting[0], northing[0]), (624161, 308459.58), rtol=0, atol=0.01)


def test_real_bus_stops_agree_with_their_publisher_within_two_metres(shared_data: Path) -> None:
    """Median of all stops: the publisher converts without the grid, so 2 m is as near as it can be."""
    stops = pd.read_csv(shared_data / "mk_naptan_stops_2026.csv").dropna(subset=["Easting", "Longitude"])
    easting, northing = to_grid(stops["Longitude"], stops["Latitude"])
    distance = np.hypot(easting - stops["Easting"], northing - stops["Northing"])
    assert len(stops) > 1_000
    assert np.median(distance) < 2


@pytest.mark.parametrize("convert", [to_grid, to_lonlat])
def test_what_has_no_place_in_great_britain_is_missing(convert: object) -> None:
    """Missing, infinite and foreign coordinates give NaN in both columns, and no rows give no rows."""
    first, second = convert([np.nan, np.inf, 1e9, -40.0, 5e6], [1.0, 1.0, 1e9, -70.0, np.nan])  # type: ignore[operator]
    assert np.isnan(first).all()
    assert np.isnan(second).all()
    assert [column.size for column in convert([], [])] == [0, 0]  # type: ignore[operator]


def test_columns_of_a_table_go_in_as_they_are() -> None:
    """Integers, missing values and a stepped view are read as the numbers they stand for."""
    table = pd.DataFrame({"easting": [624161, None, 480000], "northing": [308459, 1, 230000]}).iloc[::2]
    lon, _ = to_lonlat(table["easting"], table["northing"])
    assert lon == pytest.approx([1.3107, -0.8370], abs=1e-3)


def test_a_frame_without_a_system_is_refused() -> None:
    """The sentence says what to do."""
    with pytest.raises(Refused, match="Save the file again with one, such as EPSG:27700"):
        grid_frame(_frame(MILTON_KEYNES, None))
    with pytest.raises(Refused, match="coordinate reference system"):
        lonlat_frame(_frame(MILTON_KEYNES, None))


def test_a_frame_outside_great_britain_is_refused() -> None:
    """Longitude and latitude the wrong way round is the usual cause."""
    swapped = shapely.box(51.9, -0.8, 52.0, -0.7)
    with pytest.raises(Refused, match="1 of the 1 shapes lie outside Great Britain, the first in row 1"):
        grid_frame(_frame(swapped, WGS84))


@pytest.mark.parametrize(
    "system",
    [
        BRITISH_NATIONAL_GRID,
        7405,  # with heights above Newlyn
        # as MapInfo and older GIS write it, with a shift that PROJ would apply
        "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy +units=m "
        "+towgs84=446.448,-125.157,542.06,0.1502,0.247,0.8421,-20.4894",
    ],
)
def test_the_national_grid_under_any_name_keeps_its_coordinates(system: str | int) -> None:
    """No shift of datum is applied to what is on the grid already."""
    frame = grid_frame(_frame(MILTON_KEYNES, system))
    assert frame.crs == BRITISH_NATIONAL_GRID
    np.testing.assert_allclose(
        shapely.get_coordinates(frame.geometry), shapely.get_coordinates(MILTON_KEYNES), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("system", [WGS84, 3857, 4258, 32630])
def test_other_systems_come_to_the_grid_through_ostn15(system: int) -> None:
    """A square sent out by OSTN15 and on by PROJ comes home within a centimetre."""
    away = lonlat_frame(_frame(MILTON_KEYNES, BRITISH_NATIONAL_GRID)).to_crs(system)
    home = grid_frame(away)
    assert home.crs == BRITISH_NATIONAL_GRID
    assert home.geometry[0].hausdorff_distance(MILTON_KEYNES) < 0.01


def test_missing_and_empty_shapes_stay_and_rows_keep_their_labels() -> None:
    """Only coordinates change."""
    point = shapely.Point(-0.75, 52.04)
    shapes = np.array([point, None, shapely.Polygon()])
    frame = gpd.GeoDataFrame({"code": [1, 2, 3]}, geometry=shapes, crs=WGS84, index=[7, 8, 9])
    grid = grid_frame(frame)
    assert list(grid.index) == [7, 8, 9]
    assert grid.geometry[8] is None
    assert grid.geometry[9].is_empty
    assert lonlat_frame(grid).geometry[7].distance(point) < CENTIMETRE_IN_DEGREES
    assert lonlat_frame(frame) is frame
