"""The peers' side of the hotspot benchmarks, run by the Python of their own environment.

Reads the name of a piece of work from each line it is given, does it, and answers with the seconds it took.
"""

import sys
import time
import warnings
from pathlib import Path

import esda
import geopandas as gpd
import numpy as np
import shapely
from KDEpy import FFTKDE
from libpysal.graph import Graph


def main() -> None:
    """Answer until nothing more is asked; the last results stay in the folder as arrays."""
    folder = Path(sys.argv[1])
    given = np.load(folder / "given.npz")
    outlines = gpd.GeoSeries(shapely.polygons(given["corners"]), crs=27700)
    counts, places, grid = given["counts"], given["places"], given["grid"]

    def getis_ord() -> np.ndarray:
        # The fastest of libpysal's ways to weights, and of esda's ways to take them.
        contiguity = Graph.build_contiguity(outlines, rook=False)
        return np.asarray(esda.G_Local(counts, contiguity, transform="B", star=True, permutations=0).Zs)

    def surface() -> np.ndarray:
        return np.asarray(FFTKDE(kernel="gaussian", bw=1).fit(places).evaluate(grid))

    for line in sys.stdin:
        name = line.strip()
        start = time.perf_counter()
        found = {"getis_ord": getis_ord, "surface": surface}[name]()
        seconds = time.perf_counter() - start
        np.save(folder / f"{name}.npy", found)
        print(seconds, flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
