"""Heat tiles: a layer's rows counted in a grid of 64 x 64 cells a tile, as Mapbox vector tiles.

A tile is one slice of the rows sorted by Morton code, and a cell of it a run of that slice: no row is parsed,
joined or transformed when a tile is asked for, and none is looked at but to see whether a filter lets it through.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from evidence import LEVEL, Selection, Snapshot
from geo.council import COUNCIL
from geo.web_mercator import EQUATOR, deinterleave, tile_range
from layers._layer import Layer
from maps.zooms import MAX_TILE_ZOOM, MIN_TILE_ZOOM

EXTENT = 4096
_BITS = 6
_CELLS = 1 << 2 * _BITS
_SIZE = EXTENT >> _BITS
_HEAD = b"\x78\x02\x0a\x04heat\x1a\x05count\x28\x80\x20"
"""Of the tile's only layer: version, name, key, extent."""

# Every number of a feature is a varint of two bytes, padded where one would do (protobuf allows it, all
# decoders read it): so features have one length, and those of all cells are ready but for their counts.
_FEATURE = b"\x12\x0e\x12\x03\x00\x80\x00\x18\x01\x22\x05\x09\x80\x00\x80\x00"
_NUMBERS = np.dtype({"names": ["value", "x", "y"], "formats": ["<u2"] * 3, "offsets": [5, 12, 14], "itemsize": 16})


def _two_bytes(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return numbers & 0x7F | 0x80 | numbers >> 7 << 8


def _all_features() -> NDArray[np.void]:
    features = np.full(_CELLS, np.void(_FEATURE))
    for name, part in zip(("x", "y"), deinterleave(np.arange(_CELLS, dtype=np.uint64)), strict=True):
        # Coordinates are zigzag encoded: twice the number, as none is negative.
        features.view(_NUMBERS)[name] = _two_bytes(2 * (part * _SIZE + _SIZE // 2))
    return features


_FEATURES = _all_features()
_POSITIONS = _two_bytes(np.arange(_CELLS))


def cell_width(z: int) -> float:
    """The width of a cell of a tile, metres."""
    return EQUATOR * math.cos(math.radians(COUNCIL.latitude)) / (1 << z + _BITS)


def deepest(layer: Layer) -> int:
    """The last zoom at which cells are not smaller than those of a layer's hotspots, from `MIN_TILE_ZOOM` on."""
    zooms = range(MIN_TILE_ZOOM, MAX_TILE_ZOOM + 1)
    return max((z for z in zooms if cell_width(z) >= layer.cell_width), default=MIN_TILE_ZOOM)


def counts(rows: Snapshot, selection: Selection, z: int, x: int, y: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The cells of a tile that have rows of a selection, numbered in Morton order from 0 to 4,095, and how many."""
    ends = np.array(tile_range(z, x, y, LEVEL), dtype=np.uint64)
    inside = slice(*rows.code.searchsorted(ends).tolist())
    bounds = rows.cells(z + _BITS, inside)
    starts = bounds[:-1]
    cell = (rows.code[inside][starts] >> np.uint64(2 * (LEVEL - z - _BITS)) & np.uint64(_CELLS - 1)).astype(np.int64)
    if not selection.estates and rows.facets(selection).all():
        return cell, bounds[1:] - starts
    count = np.add.reduceat(rows.selection_mask(selection, inside).view(np.uint8), starts, dtype=np.int32)
    some = count > 0
    return cell[some], count[some]


def tile(rows: Snapshot, selection: Selection, z: int, x: int, y: int) -> bytes:
    """A vector tile with one layer, `heat`: a point in the centre of each cell that has rows, with their `count`.

    Empty bytes where there are none: an empty tile.
    """
    cells, count = counts(rows, selection, z, x, y)
    return _encoded(cells, count) if cells.size else b""


def _encoded(cells: NDArray[np.int64], count: NDArray[np.int64]) -> bytes:
    position = np.bincount(count)
    values = np.flatnonzero(position)
    position[values] = _POSITIONS[: values.size]
    features = _FEATURES[cells]
    features.view(_NUMBERS)["value"] = position[count]
    return b"\x1a" + _sized(b"".join([_HEAD, *map(_value, values.tolist()), features.tobytes()]))


@lru_cache(maxsize=_CELLS)
def _value(number: int) -> bytes:
    return b"\x22" + _sized(b"\x28" + _varint(number))


def _sized(message: bytes) -> bytes:
    return _varint(len(message)) + message


def _varint(number: int) -> bytes:
    low = [number >> shift & 0x7F for shift in range(0, max(number.bit_length(), 1), 7)]
    return bytes([*(part | 0x80 for part in low[:-1]), low[-1]])
