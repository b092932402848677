"""Tiles and Morton codes against plain Python, one point at a time, and against published examples."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.web_mercator import deinterleave, morton, tile_range

LEVEL = 22


def _tile(lon: float, lat: float, z: int) -> tuple[int, int]:
    """The tile of a point by the formula of the OpenStreetMap wiki (slippy map tile names)."""
    x = math.floor((lon + 180) / 360 * 2**z)
    secant = 1 / math.cos(math.radians(lat))
    y = math.floor((1 - math.log(math.tan(math.radians(lat)) + secant) / math.pi) / 2 * 2**z)
    return x, y


def _quadkey(x: int, y: int, z: int) -> str:
    """Bing's quadkey of a tile: a digit of base 4 for each level, x in its low bit and y in its high."""
    return "".join(str((x >> bit & 1) + 2 * (y >> bit & 1)) for bit in range(z - 1, -1, -1))


def _points(count: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(7)
    return random.uniform(-0.89, -0.59, count), random.uniform(51.96, 52.2, count)


def test_a_code_is_the_quadkey_read_in_base_four() -> None:
    """Bing Maps' example, tile (3, 5) of level 3, is quadkey 213; and any point, at its own tile."""
    assert morton([-22.5], [-55.8], 3)[0] == int("213", 4)
    lon, lat = _points(200)
    expected = [int(_quadkey(*_tile(*point, LEVEL), LEVEL), 4) for point in zip(lon, lat, strict=True)]
    assert morton(lon, lat, LEVEL).tolist() == expected


@pytest.mark.parametrize("z", range(8, 19))
def test_the_points_of_a_tile_are_one_range_of_the_sorted_codes(z: int) -> None:
    """The range of a tile holds exactly the points that plain Python puts into the tile."""
    lon, lat = _points(2_000)
    codes = morton(lon, lat, LEVEL)
    tiles = np.array([_tile(*point, z) for point in zip(lon, lat, strict=True)])
    for x, y in np.unique(tiles, axis=0)[:50]:
        low, high = tile_range(z, int(x), int(y), LEVEL)
        np.testing.assert_array_equal((codes >= low) & (codes < high), (tiles == (x, y)).all(axis=1))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 31), st.data())
def test_deinterleave_undoes_the_code_of_a_tile(level: int, data: st.DataObject) -> None:
    """Any tile down to the deepest level comes back from its own range."""
    x, y = (data.draw(st.integers(0, 2**level - 1)) for _ in range(2))
    low, high = tile_range(level, x, y, level)
    assert high == low + 1
    assert low == int(_quadkey(x, y, level) or "0", 4)
    assert [int(part[0]) for part in deinterleave([low])] == [x, y]


def test_points_on_the_edge_of_the_world_and_missing_ones() -> None:
    """Poles and antimeridian count to the tile at the edge; what is missing is in no tile."""
    lon = [-180.0, 180.0, 0.0, 0.0, np.nan, 0.0, np.inf]
    lat = [0.0, 0.0, 90.0, -90.0, 0.0, np.nan, 0.0]
    codes = morton(lon, lat, 4)
    x, y = deinterleave(codes[:4])
    assert x.tolist() == [0, 15, 8, 8]
    assert y.tolist() == [8, 8, 0, 15]
    assert (codes[4:6] == 2**64 - 1).all()
    low, high = tile_range(0, 0, 0, 4)
    assert (codes < high).tolist() == [True] * 4 + [False] * 2 + [True]
    assert low == 0
    assert morton([], [], 4).size == 0


def test_a_tile_smaller_than_the_codes_tell_apart_is_a_mistake() -> None:
    """Codes of level 4 hold nothing about zoom 5."""
    with pytest.raises(ValueError, match="codes of level 4 do not tell the tiles of zoom 5 apart"):
        tile_range(5, 0, 0, 4)
