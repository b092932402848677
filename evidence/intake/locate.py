"""Finds where each row is, how precisely, and in which estate."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evidence.intake.columns import simplified
from evidence.intake.validate import Problems
from evidence.tables import LOCATED_BY
from geo.areas import AreaIndex
from geo.crs import to_grid, to_lonlat

Floats = NDArray[np.float64]


def plain_postcode(text: pl.Expr) -> pl.Expr:
    """A postcode as it is written: capitals, one space before the last three characters; without any, none."""
    squeezed = text.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    return pl.when(squeezed != "").then(pl.concat_str(squeezed.str.head(-3), pl.lit(" "), squeezed.str.tail(3)))


@dataclass(frozen=True)
class Locator:
    """What is known of places: homes by UPRN, postcodes, estates by name or code, and the district.

    Frames have the columns `key, x, y`: text, easting, northing.
    """

    estates: AreaIndex
    district: AreaIndex | None = None
    homes: pl.DataFrame = field(default_factory=lambda: _nowhere())
    postcodes: pl.DataFrame = field(default_factory=lambda: _nowhere())
    names: Mapping[str, str] = field(default_factory=dict)

    def locate(self, rows: pl.DataFrame, problems: Problems) -> pl.DataFrame:
        """Rows with easting, northing, longitude, latitude, estate and located_by; their own estate is estate_said.

        Coordinates come first, then the UPRN, the postcode, the estate's name. Coordinates outside the
        district, or without one outside Great Britain, are a problem of the row. Rows with no place keep nulls
        and are located by "none".
        """
        rows = rows.with_columns(postcode=plain_postcode(pl.col("postcode")))
        named = _codes_of(rows["estate"], self.names)
        given = given_place(rows)
        land = "Great Britain" if self.district is None else "the district"
        problems.add(rows, self._outside(given), "easting", pl.lit(f"the coordinates lie outside {land}"))
        places = [given, _looked_up(rows["uprn"], self.homes), _looked_up(rows["postcode"], self.postcodes)]
        x, y, how = _first(places)
        longitude, latitude = to_lonlat(x, y)
        estate = self.code_at(x, y)
        by_name = (how < 0) & named.is_not_null().to_numpy()
        located_by = np.where(by_name, 3, np.where(how < 0, 4, how))
        return rows.with_columns(
            pl.Series("easting", x).fill_nan(None),
            pl.Series("northing", y).fill_nan(None),
            pl.Series("longitude", longitude).fill_nan(None),
            pl.Series("latitude", latitude).fill_nan(None),
            estate.zip_with(pl.Series(~by_name), named).alias("estate"),
            # Kept, because another boundary set may know it.
            pl.col("estate").alias("estate_said"),
            pl.Series("located_by", LOCATED_BY).gather(located_by),
        )

    def code_at(self, easting: Floats, northing: Floats) -> pl.Series:
        """The code of the estate at each point; null outside all and where there is no point."""
        codes = pl.Series("estate", [*self.estates.codes], dtype=pl.String)
        found = self.estates.find(easting, northing)
        return codes.gather(pl.Series(found).set(pl.Series(found < 0), None))

    def _outside(self, place: tuple[Floats, Floats]) -> pl.Series:
        nowhere = np.isnan(to_lonlat(*place)[0]) if self.district is None else self.district.find(*place) < 0
        return pl.Series(nowhere & ~np.isnan(place[0]))


def _nowhere() -> pl.DataFrame:
    return pl.DataFrame(schema={"key": pl.String, "x": pl.Float64, "y": pl.Float64})


def _codes_of(names: pl.Series, codes: Mapping[str, str]) -> pl.Series:
    distinct = names.drop_nulls().unique()
    found = pl.Series([codes.get(simplified(name)) for name in distinct], dtype=pl.String)
    return names.replace_strict(distinct, found, default=None, return_dtype=pl.String)


def given_place(rows: pl.DataFrame) -> tuple[Floats, Floats]:
    """Coordinates the row itself has, on the grid. A place off the grid altogether is infinitely far, not unknown."""
    x, y = (rows[name].to_numpy().astype(np.float64) for name in ("easting", "northing"))
    degrees = rows.select("longitude", "latitude").drop_nulls()
    if degrees.height:
        lon, lat = (rows[name].to_numpy().astype(np.float64) for name in ("longitude", "latitude"))
        there = np.isnan(x) & ~np.isnan(lon) & ~np.isnan(lat)
        x[there], y[there] = (np.nan_to_num(part, nan=np.inf) for part in to_grid(lon[there], lat[there]))
    both = ~np.isnan(x) & ~np.isnan(y)
    return np.where(both, x, np.nan), np.where(both, y, np.nan)


def _looked_up(keys: pl.Series, known: pl.DataFrame) -> tuple[Floats, Floats]:
    found = keys.to_frame("key").join(known, on="key", how="left", maintain_order="left")
    return found["x"].to_numpy(), found["y"].to_numpy()


def _first(places: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Of several places for each row the first that is known, and which it was (-1: none)."""
    x, y = (np.stack([place[axis] for place in places]) for axis in (0, 1))
    known = ~np.isnan(x)
    how = np.where(known.any(axis=0), known.argmax(axis=0), -1)
    row = np.arange(x.shape[1])
    return x[how, row], y[how, row], how
