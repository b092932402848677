import math
from collections import Counter
from datetime import date
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
from numpy.typing import NDArray

from evidence import LEVEL, Selection, Snapshot
from geo.web_mercator import morton
from layers._registry import LAYERS
from maps.heat import cell_width, counts, deepest, tile
from maps.zooms import MAX_TILE_ZOOM, MIN_TILE_ZOOM

LAYER = max(LAYERS.values(), key=lambda layer: len(layer.categories))
CATEGORIES = LAYER.categories
ESTATES = ("E1", "E2", "E3")
FIRST, MONTHS = date(2024, 11, 1), 15
CELLS = 64
Floats = NDArray[np.float64]


def month(number: int) -> date:
    """The first day of a month of the rows."""
    years, rest = divmod(FIRST.month - 1 + number, 12)
    return date(FIRST.year + years, rest + 1, 1)


class Evidence:
    """Rows about Milton Keynes, a third of them on top of each other, and the same as a snapshot."""

    def __init__(self, rows: int, seed: int = 7) -> None:
        random = np.random.default_rng(seed)
        self.longitude = random.normal(-0.75, 0.05, rows)
        self.latitude = random.normal(52.04, 0.03, rows)
        self.longitude[: rows // 3], self.latitude[: rows // 3] = -0.7543, 52.0312
        self.category = random.integers(0, len(CATEGORIES), rows)
        self.month = random.integers(0, MONTHS, rows)
        self.month[:2] = 0, MONTHS - 1
        self.estate = random.integers(-1, len(ESTATES), rows)

    def snapshot(self) -> Snapshot:
        """The rows in the order of their codes."""
        code = morton(self.longitude, self.latitude, LEVEL)
        order = np.argsort(code)
        return Snapshot(
            LAYER,
            "1",
            code=code[order],
            facet=(self.category * MONTHS + self.month)[order].astype(np.int32),
            estate=self.estate[order].astype(np.int16),
            located=np.ones(code.size, dtype=bool),
            estates=ESTATES,
            first=FIRST,
            last=month(MONTHS - 1),
            synthetic=False,
        )

    def lets_through(self, selection: Selection) -> list[bool]:
        """Row by row, whether a selection lets it through."""
        return [
            (not selection.themes or LAYER.theme(CATEGORIES[category]) in selection.themes)
            and (not selection.categories or CATEGORIES[category] in selection.categories)
            and (not selection.estates or (estate >= 0 and ESTATES[estate] in selection.estates))
            and (selection.first is None or month(number) >= selection.first)
            and (selection.last is None or month(number) <= selection.last)
            for category, estate, number in zip(self.category, self.estate, self.month.tolist(), strict=True)
        ]

    def cells(self, z: int, selection: Selection) -> Counter[tuple[int, int]]:
        """Rows in each cell of the whole world at a zoom, by the textbook's formula (EPSG 1024, spherical)."""
        size = CELLS * 2**z
        latitude = np.radians(self.latitude)
        x = np.floor((self.longitude + 180) / 360 * size).astype(int)
        y = np.floor((1 - np.log(np.tan(latitude) + 1 / np.cos(latitude)) / np.pi) / 2 * size).astype(int)
        kept = self.lets_through(selection)
        return Counter(zip(x[kept].tolist(), y[kept].tolist(), strict=True))


def decoded(body: bytes) -> dict[tuple[int, int], int]:
    """The count of each cell of a tile, as an independent decoder reads it."""
    layer = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})["heat"]
    assert layer["extent"] == 4096
    found = {}
    for each in layer["features"]:
        assert each["geometry"]["type"] == "Point"
        x, y = each["geometry"]["coordinates"]
        assert x % CELLS == y % CELLS == CELLS // 2, "a bin is drawn in the middle of its cell"
        found[x // CELLS, y // CELLS] = each["properties"]["count"]
    assert len(found) == len(layer["features"]), "a cell is drawn once"
    return found


def random_selection(random: np.random.Generator) -> Selection:
    """A selection of which each part is there about half the time."""

    def random_part(values: list[str]) -> frozenset[str]:
        return frozenset(value for value in values if random.random() < 0.4) if random.random() < 0.5 else frozenset()

    first, last = sorted(random.integers(-3, MONTHS + 3, 2).tolist())
    return Selection(
        themes=frozenset({LAYER.theme(CATEGORIES[0])}) if random.random() < 0.3 else frozenset(),
        categories=random_part(list(CATEGORIES)),
        estates=random_part([*ESTATES, "elsewhere"]),
        first=month(first) if random.random() < 0.5 else None,
        last=month(last) if random.random() < 0.5 else None,
    )


EVIDENCE = Evidence(3000)
ROWS = EVIDENCE.snapshot()


@pytest.mark.parametrize("z", range(MIN_TILE_ZOOM, MAX_TILE_ZOOM + 1))
def test_tiles_count_what_a_plain_count_counts(z: int) -> None:
    """Over random selections, every tile with rows has the counts of a plain count row by row."""
    random = np.random.default_rng(z)
    for _ in range(4):
        selection = random_selection(random)
        cells = EVIDENCE.cells(z, selection)
        tiles = sorted({(x // CELLS, y // CELLS) for x, y in EVIDENCE.cells(z, Selection())})
        for x, y in random.permutation(tiles)[:6].tolist():
            expected = {
                (cell_width % CELLS, down % CELLS): count
                for (cell_width, down), count in cells.items()
                if (cell_width // CELLS, down // CELLS) == (x, y)
            }
            body = tile(ROWS, selection, z, x, y)
            assert (decoded(body) if body else {}) == expected


@pytest.mark.parametrize("z", [MIN_TILE_ZOOM, 11, MAX_TILE_ZOOM])
def test_all_tiles_of_a_zoom_together_have_every_row_once(z: int) -> None:
    """No row is in two tiles, and none is lost between them."""
    tiles = {(x // CELLS, y // CELLS) for x, y in EVIDENCE.cells(z, Selection())}
    assert sum(int(counts(ROWS, Selection(), z, x, y)[1].sum()) for x, y in tiles) == EVIDENCE.month.size


def test_cells_are_as_wide_as_they_are_on_the_ground() -> None:
    """At zoom 16 of Milton Keynes 5.9 m, as geodesy says (EPSG's guidance note 7-2: 156,543 m a pixel at zoom 0)."""
    pixel = 156_543.034 * math.cos(math.radians(52.04)) / 2**16
    assert cell_width(16) == pytest.approx(4 * pixel, rel=1e-4)
    assert cell_width(8) == 256 * cell_width(16)


def test_the_deepest_zoom_has_cells_no_smaller_than_a_hotspots() -> None:
    """150 m lies between the cells of zoom 11 and 12."""
    for layer in LAYERS.values():
        assert cell_width(deepest(layer)) >= layer.cell_width > cell_width(deepest(layer) + 1)
    assert deepest(LAYERS["asb"]) == 11


def test_a_tile_without_rows_is_empty() -> None:
    """An empty tile is no bytes, whether nothing is there, or nothing is chosen, or the layer has no rows."""
    (x, y), _ = EVIDENCE.cells(10, Selection()).most_common(1)[0]
    at = (10, x // CELLS, y // CELLS)
    assert tile(ROWS, Selection(), *at)
    assert tile(ROWS, Selection(), 10, 0, 0) == b""
    assert tile(ROWS, Selection(estates=frozenset({"elsewhere"})), *at) == b""
    assert tile(ROWS, Selection(first=month(3), last=month(2)), *at) == b""
    none = Evidence(2).snapshot()
    empty = np.array([], dtype=np.uint64)
    nothing = Snapshot(
        LAYER, "", empty, none.facet[:0], none.estate[:0], none.located[:0], ESTATES, None, None, synthetic=False
    )
    assert tile(nothing, Selection(), *at) == b""
    assert tile(nothing, Selection(first=month(1), estates=frozenset({"E1"})), *at) == b""


def test_a_point_on_the_border_of_four_tiles_is_in_one() -> None:
    """A tile has its western and northern edge, not the eastern and southern one."""
    border = Evidence(2)
    border.longitude[:], border.latitude[:] = -0.703125, 0.0  # 511/512 of the way at zoom 9, and the equator
    rows = border.snapshot()
    for z in range(9, MAX_TILE_ZOOM + 1):
        x, y = int((180 - 0.703125) / 360 * 2**z), 2 ** (z - 1)
        assert decoded(tile(rows, Selection(), z, x, y)) == {(0, 0): 2}
        assert [tile(rows, Selection(), z, x - left, y - up) for left, up in ((1, 0), (0, 1), (1, 1))] == [b""] * 3


def test_many_different_counts_in_one_tile() -> None:
    """Counts that take one, two and three bytes come out as they went in."""
    size = CELLS * 2**16
    wanted = {
        (column, row): 1 + 7 * column * row for column, row in np.ndindex(CELLS, CELLS) if (column + row) % 42 == 0
    }
    x0, y0 = 32631 * CELLS, 21601 * CELLS
    places = np.repeat(np.array([(x0 + x + 0.5, y0 + y + 0.5) for x, y in wanted]), [*wanted.values()], axis=0)
    many = Evidence(len(places))
    many.longitude = places[:, 0] / size * 360 - 180
    many.latitude = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * places[:, 1] / size))))
    assert min(wanted.values()) < 2**7 < 2**14 < max(wanted.values())
    assert decoded(tile(many.snapshot(), Selection(), 16, 32631, 21601)) == wanted


def test_gdal_reads_the_tile_and_finds_its_points_where_they_are(tmp_path: Path) -> None:
    """GDAL's reader, which knows of the tile's place on Earth, gives each cell's centre and its count."""
    z = 13
    cells = EVIDENCE.cells(z, Selection())
    (x, y), _ = cells.most_common(1)[0]
    x, y = x // CELLS, y // CELLS
    file = tmp_path / f"{z}" / f"{x}" / f"{y}.mvt"
    file.parent.mkdir(parents=True)
    file.write_bytes(tile(ROWS, Selection(), z, x, y))
    frame = pyogrio.read_dataframe(file, layer="heat")
    assert frame.crs == 3857
    half, cell = np.pi * 6378137, 2 * np.pi * 6378137 / 2**z / CELLS
    columns, rows = (frame.geometry.x + half) / cell, (half - frame.geometry.y) / cell
    assert np.allclose(columns % 1, 0.5, atol=1e-6)
    assert np.allclose(rows % 1, 0.5, atol=1e-6)
    places = zip(np.floor(columns).astype(int), np.floor(rows).astype(int), strict=True)
    expected = {place: count for place, count in cells.items() if (place[0] // CELLS, place[1] // CELLS) == (x, y)}
    assert dict(zip(places, frame["count"], strict=True)) == expected
