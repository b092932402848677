"""The landlord's homes: where they stand, what they are called, and in which estate they are."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from data.demonstration import street_names
from data.demonstration.days import Floats, Whole
from data.demonstration.files import tabulate, write_csv
from data.demonstration.streets import Plots, lay_out
from geo.crs import grid_frame
from geo.errors import Refused

FILES = ["synthetic_homes.csv"]

FIRST_UPRN = 990_000_000_001
"""UPRNs count up from here: twelve digits that begin with 99, a range not known to be in use."""

Names = NDArray[np.object_]

_FLATS = 0.22
_DENSE_FLATS = 0.65
_TOO_SMALL_FOR_FLATS = 40
_UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_POSTCODE_HOMES = 40


@dataclass(frozen=True)
class Homes:
    """Every home, by estate and then by street. Metres, EPSG:27700."""

    easting: Floats
    northing: Floats
    estate: Whole
    """Position of its estate in the set."""
    uprn: Names
    address: Names
    street: Names
    postcode: Names
    kind: Names

    def within(self, easting: float, northing: float, radius: float) -> NDArray[np.bool_]:
        """Whether each home lies within so many metres of a point."""
        away = np.hypot(self.easting - easting, self.northing - northing)
        return np.asarray(away <= radius)


def read_estates(path: Path) -> gpd.GeoDataFrame:
    """The estates in the order of their codes, in EPSG:27700, with their council homes as `homes`.

    An estate without a count has no homes. Refused when the file cannot be used for a demonstration.
    """
    if not path.is_file():
        raise Refused(f"There is no file of estates at {path}.")
    estates = grid_frame(gpd.read_file(path)).sort_values("code", ignore_index=True)
    return estates.assign(homes=estates["council_homes_2021"].fillna(0).astype(np.int64))


def build(estates: gpd.GeoDataFrame, dense: set[int], rng: np.random.Generator) -> Homes:
    """Homes for every estate, as many as its `homes` says.

    Parameters
    ----------
    dense
        Positions of the estates where most homes are flats, all about one place.
    """
    counts = estates["homes"].to_numpy()
    occupied = [int(at) for at in np.flatnonzero(counts)]
    plots = [
        lay_out(estates.geometry[at], int(counts[at]), _flats(int(counts[at]), at in dense), rng) for at in occupied
    ]
    estate = np.repeat(occupied, [len(part.number) for part in plots])
    every = Plots(*(np.concatenate(columns) for columns in zip(*(vars(part).values() for part in plots), strict=True)))
    street = _street_names(estate, every, rng)
    return Homes(
        np.round(every.easting, 1),
        np.round(every.northing, 1),
        estate,
        (FIRST_UPRN + rng.permutation(len(estate))).astype(str).astype(object),
        _addresses(every, street),
        street,
        _postcodes(estate, every),
        np.where(every.flat, "Flat", rng.choice(np.array(["House", "House", "House", "Bungalow"]), len(estate))),
    )


def write(homes: Homes, estate_names: Names, folder: Path) -> None:
    """Write the property list as a housing system exports it."""
    table = tabulate(
        {
            "UPRN": homes.uprn,
            "Address Line 1": homes.address,
            "Post Town": "Milton Keynes",
            "Postcode": homes.postcode,
            "Easting": homes.easting,
            "Northing": homes.northing,
            "Estate Name": estate_names[homes.estate],
            "Property Type": homes.kind,
            "Note": "Synthetic",
        },
        len(homes.estate),
    )
    write_csv(table, folder / FILES[0])


def _flats(homes: int, dense: bool) -> float:
    if dense:
        return _DENSE_FLATS
    return _FLATS if homes >= _TOO_SMALL_FOR_FLATS else 0.0


def _street_names(estate: Whole, plots: Plots, rng: np.random.Generator) -> Names:
    key = np.column_stack([plots.flat, estate, plots.street])
    every, of = np.unique(key, axis=0, return_inverse=True)
    blocks = int(every[:, 0].sum())
    names = street_names.streets(len(every) - blocks, rng) + street_names.blocks(blocks, rng)
    return np.array(names, object)[of.ravel()]


def _addresses(plots: Plots, street: Names) -> Names:
    number = plots.number.astype(str).astype(object)
    return np.asarray(np.where(plots.flat, "Flat " + number + ", " + street, number + " " + street))


def _postcodes(estate: Whole, plots: Plots) -> Names:
    """Postcodes of 20 to 40 neighbouring homes (fewer in the smallest estates), in a district that does not exist."""
    postcode = np.empty(len(estate), object)
    groups = [group for at in np.unique(estate) for group in _halved(np.flatnonzero(estate == at), plots)]
    for number, group in enumerate(groups):
        sector, unit = number // 50 % 10, number % 50 + number // 500 * 50
        first, second = divmod(unit, len(_UNIT_LETTERS))
        postcode[group] = f"MK0 {sector}{_UNIT_LETTERS[first]}{_UNIT_LETTERS[second]}"
    return postcode


def _halved(group: Whole, plots: Plots) -> list[Whole]:
    if len(group) <= _POSTCODE_HOMES:
        return [group]
    x, y = plots.easting[group], plots.northing[group]
    along = x if np.ptp(x) > np.ptp(y) else y
    order = group[np.argsort(along, kind="stable")]
    return _halved(order[: len(order) // 2], plots) + _halved(order[len(order) // 2 :], plots)
