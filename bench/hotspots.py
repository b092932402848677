"""Gi* and the heat surface, against PySAL and KDEpy."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import shapely

from bench.measure import Measurement, faster, seconds
from bench.world import CENTRE, HALF, POINTS, SEED, points
from geo.crs import FloatArray
from geo.density import density
from geo.getis_ord import gi_star_z
from geo.hexagons import CellArray, cells_at, centres, neighbours, polygons

CELLS = 100_000
ACROSS = 60.0
"""Metres; about as many hexagons of this width cover the 20 x 20 km as are measured."""
SIDE, DEVIATION = 512, 100.0
_LOW, _HIGH = CENTRE - 1.1 * HALF, CENTRE + 1.1 * HALF
_STEP = 2.2 * HALF / (SIDE - 1)
_SCRIPT = Path(__file__).with_name("hotspots_peer.py")

Ask = Callable[[str], float]


def measure(peer_python: Path, folder: Path) -> Iterator[Measurement]:
    """Each by turns with the peer in its own process, whose imports and first run, which compiles, are not timed."""
    cells, place = _cells(), points()
    counts = np.random.default_rng(SEED).poisson(3, CELLS).astype(float)
    grid = np.stack(np.meshgrid(*np.linspace(_LOW, _HIGH, SIDE).T, indexing="ij"), axis=-1).reshape(-1, 2)
    # In deviations: of metres FFTKDE cuts the kernel's tails off too early, and is some percent too low.
    corners = shapely.get_coordinates(polygons(cells, ACROSS)).reshape(CELLS, -1, 2)
    np.savez(folder / "given.npz", corners=corners, counts=counts, places=place / DEVIATION, grid=grid / DEVIATION)
    with _peer(peer_python, folder) as ask:
        yield _getis_ord(cells, counts, ask, folder)
        yield _surface(place, ask, folder)


def _cells() -> CellArray:
    """The hexagons nearest to the middle, without a gap."""
    steps = np.arange(-HALF, HALF, ACROSS / 2)
    x, y = (axis.ravel() for axis in np.meshgrid(CENTRE[0] + steps, CENTRE[1] + steps))
    cells = np.unique(cells_at(x, y, ACROSS))
    nearest = np.hypot(*(np.stack(centres(cells, ACROSS)) - CENTRE[:, None])).argsort()[:CELLS]
    return np.sort(cells[nearest])


def _getis_ord(cells: CellArray, counts: FloatArray, ask: Ask, folder: Path) -> Measurement:
    def ours() -> FloatArray:
        return gi_star_z(counts, neighbours(cells))

    ask("getis_ord")
    np.testing.assert_allclose(ours(), np.load(folder / "getis_ord.npy"), rtol=1e-9, atol=1e-9)
    name = "Gi* of hexagons, weights included, against esda and libpysal"
    return faster(name, cells.size, 50, lambda: seconds(ours), lambda: ask("getis_ord"))


def _surface(place: FloatArray, ask: Ask, folder: Path) -> Measurement:
    easting, northing = np.ascontiguousarray(place.T)

    def ours() -> FloatArray:
        return density(easting, northing, DEVIATION, (*_LOW, *_HIGH), _STEP)

    ask("surface")
    # Theirs is a share of the points per squared deviation, column by column.
    theirs = np.load(folder / "surface.npy").reshape(SIDE, SIDE).T * POINTS * 10_000 / DEVIATION**2
    differ = float(np.abs(ours() - theirs).max() / theirs.max())
    if differ > 0.005:
        raise AssertionError(f"the heat surface differs from KDEpy's by {differ:.2%} of its maximum")
    name = f"heat surface on {SIDE} x {SIDE}, against KDEpy's FFTKDE ({differ:.2%} apart)"
    return faster(name, POINTS, 5, lambda: seconds(ours), lambda: ask("surface"))


@contextmanager
def _peer(python: Path, folder: Path) -> Iterator[Ask]:
    command = [str(python), str(_SCRIPT), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        given, told = process.stdin, process.stdout
        assert given
        assert told

        def ask(name: str) -> float:
            print(name, file=given, flush=True)
            return float(told.readline())

        yield ask
        given.close()
