"""The property list as a file, with the estate that it names for each home."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

from evidence.intake.columns import recognise
from evidence.intake.files import open_rows
from evidence.intake.locate import given_place
from evidence.intake.target import HOMES_TARGET
from evidence.intake.validate import Problems, typed, validated
from geo.crs import to_lonlat
from geo.errors import Refused


def property_list(path: Path) -> pd.DataFrame:
    """Homes of a file: uprn, easting, northing (EPSG:27700, metres; NaN without a place), estate as it is named there.

    Raises
    ------
    Refused
        The file cannot be read, or a value in it cannot, with the first such row.
    """
    rows = open_rows(path)
    required = (*HOMES_TARGET.required, "estate")
    columns = recognise(rows.columns, HOMES_TARGET.fields, required, {})
    problems, parts = Problems(), []
    for batch in rows.batches():
        homes = validated(
            typed(batch, columns, problems), HOMES_TARGET.fields, ("uprn",), today=date.max, problems=problems
        )
        x, y = given_place(homes)
        outside = pl.Series(np.isnan(to_lonlat(x, y)[0]) & ~np.isnan(x))
        problems.add(homes, outside, "easting", pl.lit("the coordinates lie outside Great Britain"))
        parts.append(homes.select("uprn", "estate", easting=pl.Series(x), northing=pl.Series(y)))
    if rows.malformed:
        raise Refused(f"Row {rows.malformed[0][0]} of {path.name} does not have {len(rows.columns)} values.")
    for row, field, reason in problems.frame().head(1).iter_rows():
        raise Refused(f"Row {row} of {path.name}, {field}: {reason}.")
    return pl.concat(parts).to_pandas() if parts else pd.DataFrame(columns=["uprn", "estate", "easting", "northing"])
