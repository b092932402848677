"""All evidence about every estate, counted for the priorities: who said what, what was recorded, what was answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from analysis.households import NO_REPEAT, spread_between_homes, with_households
from analysis.place_course import FEWEST_COMPARED
from analysis.scoring import THEMES, Evidence
from evidence import (
    YEAR,
    Calendar,
    Database,
    Viewer,
    add_months,
    areas,
    home_records,
    in_months,
    lacking_in_words,
    made_up,
    months,
    records,
    source_calendar,
    survey_answers,
    theme_of_rows,
)
from geo.crs import FloatArray
from geo.rates import effective_number
from layers._layer import Layer, Theme
from layers._registry import LAYERS

QUESTION = {
    Theme.SAFETY: "tp05",
    Theme.CLEANLINESS: "tp10",
    Theme.ANTI_SOCIAL_BEHAVIOUR: "tp12",
    Theme.COMMUNITY_SPACES: "tp11",
    Theme.REPAIRS: "tp02",
}
"""The regulator's question that is nearest to each theme."""

_DISSATISFIED = ("fairly dissatisfied", "very dissatisfied")
_NEVER = date(1900, 1, 1)
"""Before any row: of a layer without a complete month nothing is used."""


@dataclass(frozen=True)
class Source:
    """What a layer, or the survey, gave to the priorities."""

    id: str
    """Layer id, or "survey"."""
    last: date | None
    """The last month that is complete (of the survey, that of the latest answer); None if there is none."""
    total: int
    """Rows of the twelve months to it."""
    located: int
    """Of these, those with an estate: the others say nothing of any."""
    lacking: str = ""
    """Which of the twelve months are not loaded whole, in words; nothing of them is used."""


@dataclass(frozen=True)
class Series:
    """What was recorded by month, theme by theme; empty where no layer is complete for two years."""

    first: date
    counts: Mapping[str, Mapping[str, tuple[int | None, ...]]]
    """By estate and theme, oldest month first, all equally long; None of a month that a source lacks."""


@dataclass(frozen=True)
class Gathered:
    """The evidence of every estate."""

    homes: Mapping[str, int]
    """By code of the estate, in its order."""
    evidence: Evidence
    reports: pl.DataFrame
    """Of twelve months: estate, uprn, unprompted."""
    answers: Mapping[str, int] | None
    """To the survey, by estate; None without a survey."""
    sources: tuple[Source, ...]
    series: Series | None
    synthetic: bool
    """Something of it is made up."""


def used() -> tuple[Layer, ...]:
    """The layers that say something of an estate's needs.

    Those whose points stand for several addresses do not, and neither does what answers a need.
    """
    return tuple(layer for layer in LAYERS.values() if not layer.anonymised_points and layer.role != "answer")


def gather(database: Database, viewer: Viewer, as_of: date | None) -> Gathered:
    """Count the last twelve months of which each source is complete; of the survey, those to its latest answer.

    Parameters
    ----------
    as_of
        Nothing after this day is used; None for all that there is.

    Raises
    ------
    NotVisible
        The viewer is the public, or has a key for some layers only.
    """
    listed = _number(home_records(database, viewer))
    codes = sorted(areas(database, viewer)["code"])
    calendars = {layer: source_calendar(database, viewer, layer, as_of) for layer in used()}
    years = {
        layer: _years(database, viewer, layer, as_of, loaded, sum(listed.values()))
        for layer, loaded in calendars.items()
    }
    said = survey_answers(database, viewer)
    said = _latest_year(said if as_of is None else said.filter(pl.col("completed") <= as_of))
    homes = {code: listed.get(code, 0) for code in codes}
    return Gathered(
        homes,
        _evidence(homes, years, said),
        pl.concat([rows.filter("lately").select("estate", "uprn", "unprompted") for rows in years.values()]),
        None if said.is_empty() else _number(said),
        (
            *(_source(layer.id, rows.filter("lately"), "last", calendars[layer]) for layer, rows in years.items()),
            *([] if said.is_empty() else [_source("survey", said, "completed")]),
        ),
        _series(codes, {layer: rows for layer, rows in years.items() if layer.role == "record"}, calendars),
        bool(said["synthetic"].any()) or made_up(database, *(layer.id for layer in years)),
    )


def _number(rows: pl.DataFrame) -> dict[str, int]:
    return dict(rows.drop_nulls("estate").group_by("estate").len().iter_rows())


def _years(
    database: Database, viewer: Viewer, layer: Layer, as_of: date | None, loaded: Calendar, homes: int
) -> pl.DataFrame:
    """Rows of the complete months of a layer's last two years, with what the layer says of them.

    Columns estate, uprn, theme, month, last (the last complete month); lately (in the last twelve months); severe (null
    where the layer does not say); unprompted; compared (the month is complete in both years); weight (how many rows
    independent of each other it is worth: none if it is a repeat, and less where homes report again and again).
    """
    fields = sorted({*layer.severe, *layer.unprompted} - {layer.category, layer.happened})
    rows = records(database, viewer, layer, *fields, until=as_of)
    last = loaded.last_complete or _NEVER
    start, middle = (add_months(last, by) for by in (1 - 2 * YEAR, 1 - YEAR))
    month = pl.col("happened").dt.truncate("1mo")
    whole = in_months("happened", start, last) & month.is_in(loaded.complete)
    told = with_households(rows.filter(whole), theme_of_rows(layer), last, homes).select(
        "estate",
        "uprn",
        "home",
        "is_repeat",
        theme=theme_of_rows(layer),
        month=month,
        last=pl.lit(last),
        lately=pl.col("happened") >= middle,
        severe=_has_value(layer, layer.severe) if layer.severe else pl.lit(None, pl.Boolean),
        unprompted=_has_value(layer, layer.unprompted),
        compared=month.is_in(_both_years(loaded, last)),
    )
    spread = spread_between_homes(told.filter("lately", NO_REPEAT)["home"], homes)
    return told.with_columns(weight=NO_REPEAT.cast(pl.Float64) / spread)


def _both_years(loaded: Calendar, last: date) -> list[date]:
    """The months of two years that are complete in both; none where so few are that they say nothing."""
    compared = loaded.compared_months(last)
    return [*compared, *(add_months(month, -YEAR) for month in compared)] if len(compared) >= FEWEST_COMPARED else []


def _has_value(layer: Layer, values: Mapping[str, frozenset[object]]) -> pl.Expr:
    """Whether a row has one of the values."""
    names = {layer.category: "category", layer.happened: "happened"}
    tests = [pl.col(names.get(field, field)).is_in(list(wanted)) for field, wanted in values.items()]
    return pl.any_horizontal(pl.lit(False), *tests).fill_null(False)


def _latest_year(said: pl.DataFrame) -> pl.DataFrame:
    latest = said["completed"].max()
    if not isinstance(latest, date):
        return said
    return said.filter(pl.col("completed") >= add_months(latest.replace(day=1), 1 - YEAR))


def _source(name: str, rows: pl.DataFrame, dated: str, loaded: Calendar | None = None) -> Source:
    last = rows[dated].max()
    month = last.replace(day=1) if isinstance(last, date) else None
    lacking = loaded.lacking(add_months(month, 1 - YEAR), month) if loaded and month else {}
    return Source(name, month, rows.height, rows.drop_nulls("estate").height, lacking_in_words(lacking))


def _series(
    codes: Sequence[str], years: Mapping[Layer, pl.DataFrame], calendars: Mapping[Layer, Calendar]
) -> Series | None:
    """The two years of the layers that can be compared, a month that one of them lacks being no month of all."""
    there = {layer: rows.filter("compared") for layer, rows in years.items() if rows["compared"].any()}
    if not there:
        return None
    lasts = [rows["last"][0] for rows in there.values()]
    first, last = add_months(max(lasts), 1 - 2 * YEAR), min(lasts)
    both = [set(_both_years(calendars[layer], rows["last"][0])) for layer, rows in there.items()]
    number = {month: at for at, month in enumerate(months(first, last))}
    none = [0 if all(month in each for each in both) else None for month in number]
    counted = {code: {str(theme): none.copy() for theme in THEMES} for code in codes}
    inside = pl.concat([rows.select("estate", "theme", "month") for rows in there.values()])
    for estate, theme, month, count in inside.group_by("estate", "theme", "month").len().iter_rows():
        if month in number and theme in counted.get(estate, ()) and none[number[month]] is not None:
            counted[estate][theme][number[month]] = count
    return Series(first, {code: {name: tuple(of) for name, of in by.items()} for code, by in counted.items()})


def _evidence(homes: Mapping[str, int], years: Mapping[Layer, pl.DataFrame], said: pl.DataFrame) -> Evidence:
    recorded = pl.concat([rows for layer, rows in years.items() if layer.role == "record"])
    voices = pl.concat([rows for layer, rows in years.items() if layer.role == "voice"]).filter("lately")
    lately, compared = recorded.filter("lately"), recorded.filter("compared")
    codes = list(homes)
    answered, dissatisfied = _answers_by_theme(said, codes)
    return Evidence(
        homes=np.array([*homes.values()], dtype=np.float64),
        heard=_counts_by_theme(voices, codes, pl.len()),
        recorded=_counts_by_theme(lately, codes, pl.len()),
        voices=_counts_by_theme(voices, codes),
        records=_counts_by_theme(lately, codes),
        judged=_counts_by_theme(lately.drop_nulls("severe"), codes),
        severe=_counts_by_theme(lately.filter("severe"), codes),
        now=_counts_by_theme(compared.filter("lately"), codes),
        before=_counts_by_theme(compared.filter(~pl.col("lately")), codes),
        answered=answered,
        dissatisfied=dissatisfied,
    )


def _counts_by_theme(rows: pl.DataFrame, codes: Sequence[str], of: pl.Expr | None = None) -> FloatArray:
    """What rows are worth by estate and theme, or how many there are."""
    # In order: sums in another one differ in their last digits, and the same record has to give the same bytes.
    groups = rows.group_by("estate", "theme", maintain_order=True)
    counted = groups.agg(pl.col("weight").sum() if of is None else of.alias("weight"))
    number = {(estate, theme): worth for estate, theme, worth in counted.iter_rows()}
    return np.array([[number.get((code, theme), 0) for theme in THEMES] for code in codes], dtype=np.float64).reshape(
        -1, len(THEMES)
    )


def _answers_by_theme(said: pl.DataFrame, codes: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Effective numbers of answers, and of dissatisfied ones, by estate and theme.

    Weights count relative to each other; all answers to a question together are worth their effective number.
    """
    answered, dissatisfied = np.zeros((2, len(codes), len(THEMES)))
    for at, theme in enumerate(THEMES):
        given = said.drop_nulls(QUESTION[theme])
        weight = (given["weight"] / given["weight"].max()).to_numpy()
        worth = effective_number(weight) / weight.sum() if weight.size else 0.0
        counted = given.with_columns(weight=pl.Series(weight * worth, dtype=pl.Float64))
        unhappy = counted.filter(pl.col(QUESTION[theme]).is_in(_DISSATISFIED))
        for into, rows in ((answered, counted), (dissatisfied, unhappy)):
            sums = dict(rows.group_by("estate", maintain_order=True).agg(pl.col("weight").sum()).iter_rows())
            into[:, at] = [sums.get(code, 0.0) for code in codes]
    return answered, dissatisfied
