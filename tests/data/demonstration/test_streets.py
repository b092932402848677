import numpy as np
import pytest
import shapely

from data.demonstration.streets import lay_out

FIELD = shapely.box(480_000, 230_000, 480_700, 230_600)
CRESCENT = shapely.buffer(shapely.Point(480_400, 230_400), 350) - shapely.buffer(shapely.Point(480_500, 230_400), 260)
GARDEN = shapely.box(480_000, 230_000, 480_010, 230_010)


@pytest.mark.parametrize("outline", [FIELD, CRESCENT, GARDEN, shapely.union(GARDEN, FIELD)])
@pytest.mark.parametrize("homes", [1, 39, 800])
@pytest.mark.parametrize("flats", [0.0, 0.65])
def test_any_outline_holds_any_number_of_homes(outline: shapely.Geometry, homes: int, flats: float) -> None:
    """Exactly so many homes lie inside, whether there is room for streets or not."""
    plots = lay_out(outline, homes, flats, np.random.default_rng(7))
    assert len(plots.easting) == homes
    assert shapely.contains_xy(outline, plots.easting, plots.northing).all()


def test_houses_keep_off_the_edge() -> None:
    """A point moved by 8 m in any direction is still in its estate."""
    plots = lay_out(FIELD, 500, 0.2, np.random.default_rng(7))
    inner = shapely.buffer(FIELD, -8)
    assert shapely.contains_xy(inner, plots.easting, plots.northing).all()


def test_homes_along_a_street_are_six_to_nine_metres_apart() -> None:
    """The next number on the same side of a street is one frontage on."""
    plots = lay_out(FIELD, 500, 0.0, np.random.default_rng(7))
    house = {(street, number): at for at, (street, number) in enumerate(zip(plots.street, plots.number, strict=True))}
    pairs = [(at, house[street, number + 2]) for (street, number), at in house.items() if (street, number + 2) in house]
    gaps = [np.hypot(plots.easting[a] - plots.easting[b], plots.northing[a] - plots.northing[b]) for a, b in pairs]
    assert len(gaps) > 400
    assert 6 <= min(gaps) <= max(gaps) <= 9


def test_flats_share_points() -> None:
    """The flats of a block stand on one point, 12 to 40 together but for the last block."""
    plots = lay_out(FIELD, 500, 0.5, np.random.default_rng(7))
    flats = plots.take(plots.flat)
    _, homes = np.unique(flats.street, return_counts=True)
    assert len(flats.number) == 250
    assert len(np.unique(np.column_stack([flats.easting, flats.northing]), axis=0)) == len(homes)
    assert homes.max() <= 40
    assert sorted(homes)[1] >= 12
