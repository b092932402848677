"""Heat tiles: a layer's rows counted in a grid of 64 x 64 cells a tile, as Mapbox vector tiles.

A tile is one slice of the rows sorted by Morton code, and a cell of it a run of that slice: no row is parsed,
joined or transformed when a tile is asked for, and none is looked at but to see whether a filter lets it through.
"""

import math

import numpy as np
from numpy.typing import NDArray

from evidence import LEVEL, Selection, Snapshot
from geo.council import COUNCIL
from geo.web_mercator import EQUATOR, deinterleave, tile_range
from layers._layer import Layer

MIN_ZOOM, MAX_ZOOM = 8, 16
"""Zooms at which tiles are made; beyond MAX_ZOOM the browser enlarges."""

EXTENT = 4096
_BITS = 6
_CELLS = 1 << 2 * _BITS
_SIZE = EXTENT >> _BITS

# Every number of a feature is a varint of two bytes, padded where one would do (protobuf allows it, all
# decoders read it): so features have one length, and NumPy writes them all at once.
_FEATURE = np.frombuffer(b"\x12\x0e\x12\x03\x00\x80\x00\x18\x01\x22\x05\x09\x80\x00\x80\x00", dtype=np.uint8)
_VALUE, _X, _Y = 5, 12, 14


def _cell_centres() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    x, y = deinterleave(np.arange(_CELLS, dtype=np.uint64))
    return (part.astype(np.int64) * _SIZE + _SIZE // 2 for part in (x, y))  # type: ignore[return-value]


_CENTRE_X, _CENTRE_Y = _cell_centres()


def cell_width(z: int) -> float:
    """The width of a cell of a tile, metres."""
    return EQUATOR * math.cos(math.radians(COUNCIL.latitude)) / (1 << z + _BITS)


def deepest(layer: Layer) -> int:
    """The last zoom at which cells are not smaller than those of a layer's hotspots, from `MIN_ZOOM` on."""
    return max((z for z in range(MIN_ZOOM, MAX_ZOOM + 1) if cell_width(z) >= layer.cell_width), default=MIN_ZOOM)


def counts(rows: Snapshot, selection: Selection, z: int, x: int, y: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The cells of a tile that have rows of a selection, numbered in Morton order from 0 to 4,095, and how many."""
    ends = np.array(tile_range(z, x, y, LEVEL), dtype=np.uint64)
    low, high = np.searchsorted(rows.code, ends)
    starts = rows.cells(z + _BITS)
    starts = starts[slice(*np.searchsorted(starts, (low, high)))]
    bounds = np.append(starts, high)
    if selection.estates or not rows.facets(selection).all():
        kept = low + np.flatnonzero(rows.selection_mask(selection, slice(low, high)))
        bounds = np.searchsorted(kept, bounds)
    count = np.diff(bounds)
    cell = rows.code[starts[count > 0]] >> np.uint64(2 * (LEVEL - z - _BITS))
    return (cell & np.uint64(_CELLS - 1)).astype(np.int64), count[count > 0]


def tile(rows: Snapshot, selection: Selection, z: int, x: int, y: int) -> bytes:
    """A vector tile with one layer, `heat`: a point in the centre of each cell that has rows, with their `count`.

    Empty bytes where there are none: an empty tile.
    """
    cells, count = counts(rows, selection, z, x, y)
    return _encoded(cells, count) if cells.size else b""


def _encoded(cells: NDArray[np.int64], count: NDArray[np.int64]) -> bytes:
    values, value = np.unique(count, return_inverse=True)
    features = np.tile(_FEATURE, (cells.size, 1))
    # Coordinates are zigzag encoded: twice the number, as none is negative.
    for at, number in ((_VALUE, value), (_X, 2 * _CENTRE_X[cells]), (_Y, 2 * _CENTRE_Y[cells])):
        features[:, at] |= (number & 0x7F).astype(np.uint8)
        features[:, at + 1] = number >> 7
    table = b"".join(b"\x22" + _sized(b"\x28" + _varint(int(each))) for each in values)
    layer = b"\x78\x02\x0a\x04heat\x1a\x05count\x28" + _varint(EXTENT) + table + features.tobytes()
    return b"\x1a" + _sized(layer)


def _sized(message: bytes) -> bytes:
    return _varint(len(message)) + message


def _varint(number: int) -> bytes:
    low = [number >> shift & 0x7F for shift in range(0, max(number.bit_length(), 1), 7)]
    return bytes([*(part | 0x80 for part in low[:-1]), low[-1]])
