"""Turns text columns into typed ones by a record's fields, and says what is wrong with which row."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from annotated_types import Ge, Gt, Le, MaxLen
from pydantic.fields import FieldInfo

from evidence.intake.columns import simplified
from evidence.intake.rows import ROW
from layers._layer import Happened, Synonyms, codes, metadata, plain

_DATES = (
    "%d/%m/%Y",
    "%d/%m/%y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %B %Y",
    "%Y-%m",
    "%Y/%m/%d",
)
_LONDON = ZoneInfo("Europe/London")
_SHOWN = 60


@dataclass
class Problems:
    """What is wrong with which rows of a batch: (row, field, reason)."""

    found: list[pl.DataFrame] = field(default_factory=list)

    def add(self, rows: pl.DataFrame, wrong: pl.Series, name: str, reason: pl.Expr) -> None:
        """Note a reason, an expression over the batch, for the rows where `wrong` is true."""
        if wrong.any():
            chosen = rows.filter(wrong.fill_null(False))
            self.found.append(chosen.select(ROW, field=pl.lit(name), reason=reason.cast(pl.String)))

    def frame(self) -> pl.DataFrame:
        """One line for each refused row, its fields and reasons joined."""
        schema = {ROW: pl.Int32, "field": pl.String, "reason": pl.String}
        every = pl.concat([pl.DataFrame(schema=schema), *self.found])
        return every.group_by(ROW, maintain_order=True).agg(pl.col("field", "reason").str.join("; ")).sort(ROW)


def typed(batch: pl.DataFrame, columns: Mapping[str, str], problems: Problems) -> pl.DataFrame:
    """The recognised columns by their fields' names, as stripped text, empty as null; UPRNs as plain numbers.

    Bytes that are not UTF-8, and what no database can hold, are a problem of their row.
    """
    made = batch.select(ROW, *(pl.col(column).alias(name) for name, column in columns.items()))
    for name in columns:
        if made.schema[name] == pl.Binary:
            made = made.with_columns(_decoded(made, name, problems))
    text = pl.col(*columns)
    # One look at all of it first: hardly any file has one.
    nul = made.select(text.str.contains("\0", literal=True).any()).row(0, named=True)
    for name in (name for name, found in nul.items() if found):
        held = made[name].str.contains("\0", literal=True)
        problems.add(made, held, name, pl.lit("has a NUL character: remove it"))
    made = made.with_columns(text.str.strip_chars()).with_columns(_filled(text))
    return made.with_columns(plain_uprn(pl.col("uprn"))) if "uprn" in columns else made


def _filled(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def plain_uprn(text: pl.Expr) -> pl.Expr:
    """A UPRN without leading zeros and without the `.0` that spreadsheets add; zero is none."""
    return _filled(text.str.strip_suffix(".0").str.strip_chars_start("0"))


def _decoded(made: pl.DataFrame, name: str, problems: Problems) -> pl.Series:
    values = [None if value is None else value.decode(errors="replace") for value in made[name]]
    text = pl.Series(name, values, dtype=pl.String)
    # Not by the mark of replacement, which may stand in the file itself.
    broken = text.cast(pl.Binary) != made[name]
    problems.add(made, broken, name, pl.lit("is not valid UTF-8: save the file as 'CSV UTF-8' or mend the row"))
    return text


def validated(
    rows: pl.DataFrame,
    fields: Mapping[str, FieldInfo],
    required: Collection[str],
    today: date,
    problems: Problems,
) -> pl.DataFrame:
    """The fields, typed; a value that cannot be read or is not allowed is a problem of its row.

    Parameters
    ----------
    rows
        Text columns by field (see `typed`). A field without a column is null.
    required
        Fields that no row may leave empty.
    today
        Dates of things that have happened must not lie after it.
    """
    for name, about in fields.items():
        if name not in rows.columns:
            rows = rows.with_columns(pl.lit(None, pl.String).alias(name))
        text, value = rows[name], _parse(rows[name], about)
        unread = text.is_not_null() & value.is_null()
        problems.add(rows, unread, name, pl.concat_str(_quoted(name), pl.lit(_expected(about))))
        # A code list may know words for empty.
        value = value.replace("", None) if codes(about) else value
        if name in required:
            problems.add(rows, value.is_null() & ~unread, name, pl.lit("is empty"))
        rows = rows.with_columns(value.alias(name))
        for wrong, reason in _limits(value, about, today):
            problems.add(rows, wrong, name, pl.concat_str(_quoted(name), pl.lit(reason)))
    return rows


def ordered(rows: pl.DataFrame, chronology: Collection[tuple[str, str]], problems: Problems) -> None:
    """Note the rows in which what comes later is dated before what comes first."""
    for earlier, later in chronology:
        reason = pl.concat_str(pl.col(later), pl.lit(f" is before {earlier}, "), pl.col(earlier))
        problems.add(rows, rows[earlier] > rows[later], later, reason)


def _quoted(name: str) -> pl.Expr:
    return pl.concat_str(pl.lit("'"), pl.col(name).cast(pl.String).str.slice(0, _SHOWN), pl.lit("' "))


def _parse(text: pl.Series, about: FieldInfo) -> pl.Series:
    if codes(about):
        return _by_value(text, partial(_code, _spellings(about)), pl.String)
    kind = plain(about)
    return text if kind is str else _PARSERS[kind](text)


def _by_value(text: pl.Series, parse: Callable[[str], Any], kind: Any) -> pl.Series:
    # Exports repeat few values many times: each is read once.
    distinct = text.drop_nulls().unique()
    read = pl.Series([parse(value) for value in distinct], dtype=kind)
    return text.replace_strict(distinct, read, default=None, return_dtype=kind)


def _code(spellings: Mapping[str, str], text: str) -> str | None:
    return spellings.get(simplified(text))


def _spellings(about: FieldInfo) -> dict[str, str]:
    also = next((item.of for item in metadata(about) if isinstance(item, Synonyms)), {})
    # The codes come last, so that no synonym can take a code's own name.
    pairs = [(other, code) for code, others in also.items() for other in others] + [
        (code, code) for code in codes(about)
    ]
    return {simplified(name): code for name, code in pairs}


def day(text: str) -> date | None:
    """The day that a text means: ISO 8601, or day first as written in Britain; None if there is no such day.

    A time with a zone is the day it was in London; a month is its first day.
    """
    try:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(_LONDON) if moment.tzinfo else moment).date()
    # In London the first moment of the year 1, which some systems write for no date, has no year.
    except (ValueError, OverflowError):
        pass
    # A time after the date does not change the day.
    start = text.partition(" ")[0] if ":" in text else text
    for form in _DATES:
        try:
            return datetime.strptime(start, form).date()
        except ValueError:
            continue
    return None


def _truth(text: str) -> bool | None:
    return {
        "yes": True,
        "y": True,
        "true": True,
        "1": True,
        "no": False,
        "n": False,
        "false": False,
        "0": False,
    }.get(text.casefold())


def _numbers(text: pl.Series) -> pl.Series:
    plainly = text.cast(pl.Float64, strict=False)
    if plainly.null_count() > text.null_count():
        plainly = text.str.replace_all(r"^£|,", "").cast(pl.Float64, strict=False)
    return plainly.set(~plainly.is_finite().fill_null(True), None)


def _whole(text: pl.Series) -> pl.Series:
    value = _numbers(text)
    return value.set((value % 1 != 0).fill_null(False) | (value.abs() > 2**31 - 1).fill_null(False), None).cast(
        pl.Int32
    )


_PARSERS: dict[type, Callable[[pl.Series], pl.Series]] = {
    date: lambda text: _by_value(text, day, pl.Date),
    bool: lambda text: _by_value(text, _truth, pl.Boolean),
    float: _numbers,
    int: _whole,
}

_KINDS = {
    date: "is not a date",
    bool: "is neither yes nor no",
    float: "is not a number",
    int: "is not a whole number",
}


def _expected(about: FieldInfo) -> str:
    return f"is not one of {', '.join(codes(about))}" if codes(about) else _KINDS.get(plain(about), "cannot be read")


def _limits(value: pl.Series, about: FieldInfo, today: date) -> list[tuple[pl.Series, str]]:
    found = []
    for item in metadata(about):
        if isinstance(item, Happened):
            found.append((value > today, f"is after {today:%-d %B %Y}, the day of the import"))
            found.append((value < item.since, f"is before {item.since:%-d %B %Y}"))
        elif isinstance(item, MaxLen):
            found.append((value.str.len_chars() > item.max_length, f"is longer than {item.max_length} characters"))
        elif isinstance(item, Ge):
            found.append((value < item.ge, f"is less than {item.ge}"))
        elif isinstance(item, Gt):
            found.append((value <= item.gt, f"is not more than {item.gt}"))
        elif isinstance(item, Le):
            found.append((value > item.le, f"is more than {item.le}"))
    return found
