"""One household is one voice: which rows are repeats of one home, and how unevenly homes report beyond that."""

from datetime import date

import numpy as np
import polars as pl
from scipy.special import pdtrik

from evidence import YEAR, month_number

MOST = 2
"""Rows of one home, theme and twelve months that are no repeats, where few homes have any."""

NO_REPEAT = ~pl.col("is_repeat")
"""Of rows of `with_households`, those from which something is inferred."""

_SELDOM = 0.99
_TWICE = 2.0
"""Where homes have many, as repairs, as many count as 99 of 100 homes would have at twice the usual."""


def with_households(rows: pl.DataFrame, theme: pl.Expr, last: date, homes: int) -> pl.DataFrame:
    """Add to every row whose it is (`home`, null if not known), and whether it is a repeat (`is_repeat`).

    Nothing is inferred from repeats, for they say no more than what they repeat; counts that are shown have them.

    Parameters
    ----------
    rows : with uprn, located_by, easting, northing (null where not known) and happened
    theme : of each row
    last : the last month of a year; the others are reckoned back from it
    homes : how many there are

    Notes
    -----
    Repeats are told by the UPRN, else by the very point, if that is an address's and no postcode's. One who reports
    fifteen times is not fifteen who report once: a test that takes all rows to come by themselves makes a hotspot of
    such a home. So of a home, theme and year all but the first few are repeats: MOST, or as many as chance would bring
    to 99 of 100 homes if twice as much happened everywhere (Poisson). At a postcode's point no home can be told from
    another: as many are none as in 99 of 100 postcodes. A row without a place is none: nobody can tell whose it is.
    """
    month = pl.col("happened").dt.year().cast(pl.Int64) * YEAR + pl.col("happened").dt.month() - 1
    point = pl.format("{} {}", "easting", "northing")
    told = rows.with_columns(
        _home=pl.coalesce("uprn", point),
        _postcode=pl.col("uprn").is_null() & (pl.col("located_by") == "postcode"),
        _theme=theme,
        _year=(month_number(last) - month) // YEAR,
        _row=pl.int_range(pl.len()),
    )
    told = told.sort("happened", maintain_order=True).with_columns(
        _number=pl.int_range(pl.len()).over("_home", "_theme", "_year"), _size=pl.len().over("_home", "_theme", "_year")
    )
    told = told.join(_most(told, homes), on=("_theme", "_year"), how="left", maintain_order="left")
    most = pl.when("_postcode").then("_of_postcode").otherwise("_most")
    is_repeat = pl.col("_home").is_not_null() & (pl.col("_number") >= most)
    home = pl.when(~pl.col("_postcode")).then("_home")
    return told.with_columns(home=home, is_repeat=is_repeat).sort("_row").select(*rows.columns, "home", "is_repeat")


def _most(told: pl.DataFrame, homes: int) -> pl.DataFrame:
    """How many rows of a home, and of a postcode, are no repeats, by theme and year."""
    postcode = pl.col("_size").filter(pl.col("_postcode") & (pl.col("_number") == 0))
    of_postcode = postcode.quantile(_SELDOM, "higher").alias("_of")
    each = told.group_by("_theme", "_year").agg(pl.len().alias("_all"), of_postcode)
    usual = _TWICE * each["_all"].to_numpy() / max(homes, 1)
    most = np.maximum(np.ceil(pdtrik(_SELDOM, np.maximum(usual, 1e-9))), MOST)
    return each.select(
        "_theme",
        "_year",
        pl.Series("_most", most.astype(np.int64)),
        pl.max_horizontal(pl.col("_of").fill_null(0).cast(pl.Int64), pl.lit(MOST)).alias("_of_postcode"),
    )


def spread_between_homes(whose: pl.Series, homes: float) -> float:
    """How many times the variance of rows by home is that of pure chance, at least 1.

    Parameters
    ----------
    whose : the home of each row, null where not known
    homes : how many there are
    """
    by_home = whose.drop_nulls().value_counts()["count"].to_numpy().astype(np.float64)
    total = by_home.sum()
    if not total or not homes:
        return 1.0
    more = (by_home**2).sum() / total - total / homes - 1
    # Of homes of which only every second row is known, only half of it is seen.
    return max(1.0, 1 + float(more) * whose.len() / float(total))
