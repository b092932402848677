"""Web Mercator tiles, and the order of points in which every tile is one range.

Tiles are numbered as in the OGC Two Dimensional Tile Matrix Set (WebMercatorQuad): z, then x eastward and y
southward from the north-west corner.
"""

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt

CodeArray = npt.NDArray[np.uint64]
TileArray = npt.NDArray[np.int64]

Codes = TypeVar("Codes", np.uint64, CodeArray)

EQUATOR = 40_075_016.686
"""Metres around it, WGS84: what is 2**z tiles wide at the equator."""

_MISSING = np.uint64(2**64 - 1)
# Shifts and masks that move the 32 bits of a number to the even places of 64, halving the groups each time.
_SPREAD = (
    (np.uint64(16), np.uint64(0x0000FFFF0000FFFF)),
    (np.uint64(8), np.uint64(0x00FF00FF00FF00FF)),
    (np.uint64(4), np.uint64(0x0F0F0F0F0F0F0F0F)),
    (np.uint64(2), np.uint64(0x3333333333333333)),
    (np.uint64(1), np.uint64(0x5555555555555555)),
)


def morton(lon: npt.ArrayLike, lat: npt.ArrayLike, level: int) -> CodeArray:
    """Number the tile of every point so that the points of any larger tile are next to each other when sorted.

    The bits of the tile's x and y at `level` are interleaved (Morton 1966), x in the even bits and y in the odd.

    Parameters
    ----------
    lon, lat : one-dimensional, degrees, WGS84
    level : zoom of the smallest tiles told apart, at most 31

    Returns
    -------
    Codes below 4**level. Points beyond the edge of the projection (85.05 degrees, the antimeridian) count to
    the tile at the edge; a missing coordinate gives 2**64 - 1, which is in no tile.

    Examples
    --------
    >>> morton([-0.76, np.nan], [52.03, 52.03], 3).tolist()
    [13, 18446744073709551615]
    >>> morton([], [], 3).size
    0
    """
    longitude, latitude = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    across = longitude / 360 + 0.5
    down = 0.5 - np.arcsinh(np.tan(np.radians(latitude))) / (2 * math.pi)
    code = _interleave(_tile(across, level), _tile(down, level))
    code[np.isnan(across) | np.isnan(down)] = _MISSING
    return code


def tile_range(z: int, x: int, y: int, level: int) -> tuple[int, int]:
    """Give the codes [low, high) that the points of a tile have among codes made at `level`, z or deeper.

    Examples
    --------
    A tile of zoom 2 holds sixteen codes of level 4; one of zoom 5 is not told apart by them:
    >>> tile_range(2, 1, 1, 4)
    (48, 64)
    >>> tile_range(5, 0, 0, 4)
    Traceback (most recent call last):
    ValueError: codes of level 4 do not tell the tiles of zoom 5 apart
    """
    if z > level:
        raise ValueError(f"codes of level {level} do not tell the tiles of zoom {z} apart")
    code = int(_interleave(np.uint64(x), np.uint64(y)))
    return code << 2 * (level - z), (code + 1) << 2 * (level - z)


def deinterleave(codes: npt.ArrayLike) -> tuple[TileArray, TileArray]:
    """Give back the x and y of the tile of every code; a missing code gives an x and y beyond every tile.

    Examples
    --------
    >>> x, y = deinterleave(morton([-0.76], [52.03], 10))
    >>> x.tolist(), y.tolist()
    ([509], [338])
    """
    code = np.asarray(codes, dtype=np.uint64)
    return _gather(code), _gather(code >> np.uint64(1))


def _tile(share: npt.NDArray[np.float64], level: int) -> CodeArray:
    # fmin takes the number where the other is missing, so that the cast is defined; morton marks those rows.
    tile: CodeArray = np.fmax(np.fmin(share * 2.0**level, 2.0**level - 1), 0).astype(np.uint64)
    return tile


def _interleave(x: Codes, y: Codes) -> Codes:
    for shift, mask in _SPREAD:
        x, y = (x | x << shift) & mask, (y | y << shift) & mask
    return x | y << np.uint64(1)


def _gather(codes: CodeArray) -> TileArray:
    bits = codes & _SPREAD[-1][1]
    for (shift, _), (_, mask) in zip(_SPREAD[::-1], [*_SPREAD[-2::-1], (0, np.uint64(0xFFFFFFFF))], strict=True):
        bits = (bits | bits >> shift) & mask
    return bits.astype(np.int64)
