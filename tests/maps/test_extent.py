from pathlib import Path

import geopandas as gpd
import numpy as np
from shapely import box

from maps.extent import extent


def squares(*west_south: tuple[float, float]) -> gpd.GeoDataFrame:
    """Small squares with these corners."""
    return gpd.GeoDataFrame(geometry=[box(x, y, x + 0.01, y + 0.01) for x, y in west_south], crs=4326)


def test_a_village_far_away_does_not_make_the_city_small() -> None:
    """The first view leaves it out, the whole has it."""
    city = [(-0.8 + 0.01 * column, 52.0 + 0.01 * row) for column in range(5) for row in range(5)]
    made = extent(squares(*city, (-0.8, 52.4)))
    np.testing.assert_allclose(made.first, (-0.8, 52.0, -0.75, 52.05))
    np.testing.assert_allclose(made.whole, (-0.8, 52.0, -0.75, 52.41))


def test_a_few_estates_are_all_in_the_first_view() -> None:
    """One, or two far apart: none is far from the others."""
    for places in ([(-0.8, 52.0)], [(-0.8, 52.0), (-0.1, 52.9)]):
        made = extent(squares(*places))
        assert made.first == made.whole


def test_without_estates_the_district_is_shown() -> None:
    """There is always a map."""
    made = extent(squares())
    west, south, east, north = made.first
    assert west < -0.75 < east
    assert south < 52.04 < north


def test_the_first_view_of_milton_keynes_has_the_city() -> None:
    """Of the shipped estates, nine in ten, and half of the height."""
    areas = gpd.read_file(Path(__file__).parents[2] / "data" / "boundaries" / "estates.geojson")
    made = extent(areas)
    inside = areas.cx[made.first[0] : made.first[2], made.first[1] : made.first[3]]
    assert len(inside) >= 0.9 * len(areas)
    assert made.first[3] - made.first[1] < 0.8 * (made.whole[3] - made.whole[1])
