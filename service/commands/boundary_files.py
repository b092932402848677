"""Boundary sets from files: importing a council's own, building one from the property list."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from evidence import Database, property_list, save_boundaries
from geo.boundaries import problems, read_boundaries, repair
from geo.errors import Refused
from geo.voronoi import estates_from_homes


def import_file(database: Database, file: Path, name: str, code: str, title: str, valid_from: date) -> Iterator[str]:
    """Keep a file's areas as a boundary set; each line says what was repaired, what is wrong, or what to do next.

    Raises
    ------
    Refused
        The file is not a set of areas, or says no CRS.
    """
    areas, repairs = repair(read_boundaries(file, code, title))
    yield from repairs
    found = problems(areas)
    columns = (found["kind"], found["sliver"], found["codes"], found["area_m2"])
    for kind, sliver, codes, metres in zip(*columns, strict=True):
        yield f"{' and '.join(codes)}: {kind}{', a sliver' * sliver}, {metres:,.2f} m²"
    save_boundaries(database, name, areas, valid_from=valid_from)
    yield f"{len(areas):,} areas kept as '{name}', valid from {valid_from}."
    yield f"To count on them: priorities boundaries use '{name}'"


def build_file(homes: Path, to: Path, distance: float) -> str:
    """Write estates made from a property list as a GeoPackage, and say what to do next.

    Parameters
    ----------
    distance
        Metres from a home beyond which land belongs to no estate.

    Raises
    ------
    Refused
        The list cannot be read, or no home on it has a place and an estate.
    """
    if to.suffix.lower() != ".gpkg":
        raise Refused(f"{to.name} must end in .gpkg: the estates are written as a GeoPackage.")
    if not to.parent.is_dir():
        raise Refused(f"There is no folder {to.parent}: make it, or name another one.")
    estates = estates_from_homes(property_list(homes), distance)
    estates.to_file(to, driver="GPKG", layer="estates")
    return (
        f"{len(estates):,} estates written to {to}.\n"
        f"To keep them: priorities boundaries import {to} --set 'our estates' --code code --name name"
    )
