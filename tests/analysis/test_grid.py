import numpy as np
import polars as pl

from analysis.grid import SIZES, grid

HOMES = pl.DataFrame({"easting": [*[500.0] * 12, 510.0, 800.0, None], "northing": [*[500.0] * 12, 505.0, 500.0, None]})
ROWS = pl.DataFrame({"easting": [500.0, 501.0, 5_000.0, None], "northing": [500.0, 499.0, 5_000.0, None]})


def test_cells_are_where_homes_or_rows_are() -> None:
    """What has no place is in none."""
    on = grid(HOMES, ROWS, 150.0)
    assert on.cells.size == 3
    assert sorted(on.homes.tolist()) == [0, 1, 13]
    assert on.counts(ROWS)[on.homes.argmax()] == 2
    assert on.counts(ROWS).sum() == on.at(ROWS).size == 3


def test_windows_are_of_every_size_about_every_cell() -> None:
    """The smallest first; only those with homes enough are tested, and none that has every home."""
    on = grid(HOMES, ROWS, 150.0)
    windows = on.windows
    assert windows.size.tolist() == list(np.repeat(SIZES, 3))
    np.testing.assert_array_equal(windows.over[:3].toarray(), np.eye(3))
    alone = int(on.homes.argmax())
    assert windows.tested.tolist() == [at in {alone, alone + 3} for at in range(9)]
    few = HOMES.tail(3)
    assert not grid(few, ROWS, 150.0).windows.tested.any()


def test_of_points_fewer_are_enough_and_may_differ_more() -> None:
    """They stand for several addresses each."""
    points = pl.DataFrame({"easting": [500.0, 510, 520, 5_000], "northing": [500.0, 500, 500, 5_000]})
    of_points, of_homes = (grid(points, ROWS, 150.0, of_homes=homes).windows for homes in (False, True))
    assert of_points.tested.any() and not of_homes.tested.any()
    assert of_points.most_by_home > of_homes.most_by_home


def test_without_homes_and_rows_there_are_no_cells() -> None:
    """And no window."""
    on = grid(HOMES.clear(), ROWS.clear(), 150.0)
    assert on.cells.size == on.windows.size.size == on.windows.inside.size == 0
