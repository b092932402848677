"""Who reports: whether an estate is calm, or only quiet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.households import spread_between_homes
from geo.crs import FloatArray
from geo.rates import rate_ratio

MANY = 3
"""Reports from one address in twelve months, from which on it is a repeat reporter."""

FAR_BELOW = 0.8
"""Few is reported where even the upper limit of reports per home is below this share of the district's."""


@dataclass(frozen=True)
class Level:
    """Reports of an estate beside those of the district."""

    count: int
    per_home: float
    ratio: float
    """How many times the district's reports per home; in 95 of 100 cases the true one is between low and high."""
    low: float
    high: float


@dataclass(frozen=True)
class Reporting:
    """Who reports in an estate."""

    chosen: Level | None
    """Reports that somebody had to choose to make; None if the district has none."""
    unprompted: Level | None
    """What comes to light whether or not anybody chooses to speak up; None if the district has none."""
    repeat: float | None
    """Of chosen reports with an address, the share from repeat reporters; None if there are none."""
    response: float | None
    """Answers to the survey per home; None if no survey is loaded."""
    quiet: bool
    """Quiet rather than calm."""
    sentence: str


def reporting(
    rows: pl.DataFrame, homes: Mapping[str, int], codes: Sequence[str], answers: Mapping[str, int] | None = None
) -> list[Reporting | None]:
    """Say of every estate who reports.

    Parameters
    ----------
    rows : of twelve months, with estate and uprn (null where not known) and unprompted (nobody had to choose)
    homes : by code
    codes : of the estates
    answers : to the survey, by code; None if no survey is loaded

    Returns
    -------
    One for each code; None for an estate without homes.

    Notes
    -----
    Limits are those of `geo.rates.rate_ratio` for counts divided by how many times the variance of reports per home is
    that of pure chance: one address that reports ten times says less than ten that report once.

    An estate is quiet rather than calm if its chosen reports are few, its unprompted ones are not surely below the
    district's, and the first are surely further below than the second. Without the last condition a small calm estate
    would be quiet for want of cases that say otherwise: of simulated ones with 50 homes and 45 % of all that is usual,
    52 of 100 were, and with it 1.
    """
    listed = np.array([homes.get(code, 0) for code in codes], dtype=np.float64)
    chosen, unprompted = (
        _counts_by_estate(rows.filter(pl.col("unprompted") == kind), codes, listed.sum()) for kind in (False, True)
    )
    levels = zip(_levels(*chosen, listed), _levels(*unprompted, listed), strict=True)
    further = rate_ratio(chosen[1], chosen[1].sum(), unprompted[1], unprompted[1].sum())[2] < 1
    repeat = _repeat(rows.filter(~pl.col("unprompted")))
    return [
        _verdict(*level, bool(less), repeat.get(code), None if answers is None else answers.get(code, 0) / homes[code])
        if homes.get(code)
        else None
        for code, level, less in zip(codes, levels, further, strict=True)
    ]


def _counts_by_estate(rows: pl.DataFrame, codes: Sequence[str], homes: float) -> tuple[FloatArray, FloatArray]:
    """Rows by estate, and the number of rows independent of each other that say as much."""
    number = dict(rows.drop_nulls("estate").group_by("estate").len().iter_rows())
    counts = np.array([number.get(code, 0) for code in codes], dtype=np.float64)
    return counts, counts / spread_between_homes(rows["uprn"], homes)


def _levels(counts: FloatArray, effective: FloatArray, homes: FloatArray) -> list[Level | None]:
    if not counts.any():
        return [None] * homes.size
    limits = rate_ratio(effective, homes, effective.sum(), homes.sum())
    return [
        Level(int(count), float(count / lived), *(float(limit[at]) for limit in limits)) if lived else None
        for at, (count, lived) in enumerate(zip(counts, homes, strict=True))
    ]


def _repeat(chosen: pl.DataFrame) -> dict[str, float]:
    """The share from repeat reporters, by estate."""
    by_home = chosen.drop_nulls(["estate", "uprn"]).group_by("estate", "uprn").len()
    many = pl.col("len").filter(pl.col("len") >= MANY).sum() / pl.col("len").sum()
    return dict(by_home.group_by("estate").agg(many).iter_rows())


def _verdict(
    chosen: Level | None, unprompted: Level | None, further: bool, repeat: float | None, response: float | None
) -> Reporting:
    few = chosen is not None and chosen.high < FAR_BELOW
    calm = unprompted is not None and unprompted.high < 1
    quiet = few and unprompted is not None and not calm and further
    said = _verdict_sentence(chosen, unprompted, few, calm, quiet)
    return Reporting(chosen, unprompted, repeat, response, quiet, said)


def _verdict_sentence(chosen: Level | None, unprompted: Level | None, few: bool, calm: bool, quiet: bool) -> str:
    if chosen is None:
        return "Nothing is reported in the whole district."
    told = f"{chosen.ratio:.2f} times the district's reports per home ({_likely(chosen)})"
    if unprompted is None or not few:
        return f"{told}."
    by_itself = "what comes to light without anybody's choosing to report it"
    beside = f"{unprompted.ratio:.2f} times {by_itself} ({_likely(unprompted)})"
    if quiet:
        return f"Quiet rather than calm: {told}, but {beside}."
    ending = "this is calm rather than quiet" if calm else "whether this is quiet or calm cannot be told"
    return f"{told}, and {beside}: {ending}."


def _likely(level: Level) -> str:
    return f"likely between {level.low:.2f} and {level.high:.2f}"
