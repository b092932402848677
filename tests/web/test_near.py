from pathlib import Path

import numpy as np
import pytest
from shapely import Point

from evidence import PUBLIC, Database, areas, import_postcodes
from geo.crs import to_lonlat
from web.near import near


@pytest.mark.parametrize("text", ["Beech", " bEECH. ", "E02"])
def test_an_estate_is_found_by_name_or_code_and_is_no_distance_from_itself(world: Database, text: str) -> None:
    """From its edge, in metres; what has no place has no distance."""
    found = near(world, PUBLIC, areas(world, PUBLIC), text)
    assert found
    assert found.name == "Beech"
    lon, lat = to_lonlat([486100, 485900], [236100, 236100])
    rows = [{"longitude": x, "latitude": y} for x, y in zip(lon, lat, strict=True)]
    metres = found.distances([*rows, {"longitude": None, "latitude": None}])
    assert metres[:2] == pytest.approx([0, 100], abs=0.1)
    assert np.isnan(metres[2])


def test_a_postcode_is_found_where_postcodes_are_loaded(world: Database, tmp_path: Path) -> None:
    """And not where none are."""
    estates = areas(world, PUBLIC)
    assert near(world, PUBLIC, estates, "MK6 3AB") is None
    file = tmp_path / "codes.csv"
    file.write_text("MK6 3AB,10,486500,236500")
    import_postcodes(world, file)
    found = near(world, PUBLIC, estates, "mk63ab")
    assert found
    assert (found.name, found.shape) == ("MK63AB", Point(486500, 236500))


@pytest.mark.parametrize("text", ["", "   ", "Nowhere", "<b>", "'; DROP TABLE--", "🏡", "x" * 10_000])
def test_what_names_no_place_is_none(world: Database, text: str) -> None:
    """Whatever was typed."""
    assert near(world, PUBLIC, areas(world, PUBLIC), text) is None
