from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
import pytest
from pydantic import Field
from pydantic.fields import FieldInfo

from evidence.intake.rows import ROW
from evidence.intake.validate import Problems, day, ordered, plain_uprn, typed, validated
from layers._layer import Event, Synonyms

TODAY = date(2024, 7, 1)
Trade = Annotated[Literal["plumbing", "heating", "other"], Synonyms({"plumbing": ("PL", "other"), "heating": ("gas",)})]


def values_and_reasons(kind: Any, *texts: str | None, required: bool = False) -> tuple[list[Any], dict[int, str]]:
    """The values of a column of that kind, and the reasons by row; the first row is row 2."""
    rows, problems = numbered({"value": list(texts)}), Problems()
    field = {"value": FieldInfo.from_annotation(kind)}
    made = validated(rows, field, ["value"] if required else [], TODAY, problems)
    return made["value"].to_list(), dict(problems.frame().select(ROW, "reason").iter_rows())


def numbered(columns: dict[str, list[Any]]) -> pl.DataFrame:
    """A batch with row numbers; text where all is empty."""
    made = pl.DataFrame(columns).with_columns(pl.col(pl.Null).cast(pl.String))
    return made.with_columns(pl.int_range(2, 2 + pl.len(), dtype=pl.Int32).alias(ROW))


@pytest.mark.parametrize(
    "text",
    [
        *("2024-06-09", "20240609", "09/06/2024", "9/6/2024", "09/06/24", "09-06-2024", "09.06.2024"),
        *("9 Jun 2024", "09-Jun-2024", "09-JUN-24", "9 June 2024", "2024/06/09"),
        *(
            "2024-06-09T08:30:00",
            "2024-06-09 08:30",
            "2024-06-09T08:30:00.1234567",
            "09/06/2024 08:30",
            "9/6/2024 8:30:15",
        ),
        *("2024-06-09T08:30:00Z", "2024-06-09T00:30:00+01:00", "2024-06-08T23:30:00Z", "2024-06-09T13:00:00+14:00"),
    ],
)
def test_a_day_is_read_as_britain_writes_it(text: str) -> None:
    """Day before month, ISO 8601, with a time or without; a zone means the day it was in London."""
    assert day(text) == date(2024, 6, 9)


def test_a_late_evening_in_utc_is_the_next_day_in_londons_summer() -> None:
    """And the same day in its winter."""
    assert day("2024-06-30T23:30:00Z") == date(2024, 7, 1)
    assert day("2024-12-31T23:30:00Z") == date(2024, 12, 31)


def test_a_month_is_its_first_day() -> None:
    """As data.police.uk writes it."""
    assert day("2024-06") == date(2024, 6, 1)


@pytest.mark.parametrize(
    "text",
    [
        *("31/02/2024", "29/02/2023", "2023-02-29", "00/01/2024", "06/13/2024", "2024-13-01", "2024-06-31"),
        *("", "soon", "June", "2024", "45473", "1e5", "NaN", "30/06/24/1", "2024-06-30T25:00:00", "30/06/2024x"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-05:00", "0000-00-00", "0000-00-00 00:00:00"),
    ],
)
def test_what_is_no_day_is_none(text: str) -> None:
    """Days that no calendar has, other things, and the empty dates of other systems."""
    assert day(text) is None


@pytest.mark.simulation
def test_every_day_is_read_in_every_way_it_is_written() -> None:
    """Three thousand days of forty years, each as Python writes it in nine ways."""
    forms = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d-%b-%y", "%d %B %Y", "%Y/%m/%d"]
    for ordinal in np.random.default_rng(4).integers(date(1990, 1, 1).toordinal(), date(2030, 1, 1).toordinal(), 3000):
        expected = date.fromordinal(int(ordinal))
        assert {day(expected.strftime(form)) for form in forms} == {expected}


def test_what_has_happened_lies_between_1990_and_today() -> None:
    """The day of the import is the last that can have happened."""
    values, reasons = values_and_reasons(
        Event, "01/07/2024", "02/07/2024", "01/01/1990", "31/12/1989", "14/10/1066", "31/02/2024"
    )
    assert values[:1] == [TODAY]
    assert reasons == {
        3: "'2024-07-02' is after 1 July 2024, the day of the import",
        5: "'1989-12-31' is before 1 January 1990",
        6: "'1066-10-14' is before 1 January 1990",
        7: "'31/02/2024' is not a date",
    }


def test_numbers_are_read_as_spreadsheets_write_them() -> None:
    """With thousands, pounds and powers of ten; nothing that no database and no map can use."""
    good = ["1200.5", "1,200.50", "£1,200", "-3", "1e5", "+7", "0.10"]
    bad = ["NaN", "inf", "-Infinity", "1e999", "twelve", "0x10", "1 200"]
    values, reasons = values_and_reasons(float, *good, *bad)
    assert values[: len(good)] == [1200.5, 1200.5, 1200, -3, 100000, 7, 0.1]
    assert [*reasons.values()] == [f"'{text}' is not a number" for text in bad]


def test_whole_numbers_are_whole_and_fit_the_database() -> None:
    """A point with nothing after it is allowed."""
    values, reasons = values_and_reasons(
        Annotated[int, Field(ge=1)] | None, "3", "4.0", None, "2147483647", "2.5", "2147483648", "0"
    )
    assert values[:4] == [3, 4, None, 2147483647]
    assert list(reasons.values()) == [
        "'2.5' is not a whole number",
        "'2147483648' is not a whole number",
        "'0' is less than 1",
    ]


def test_truths_are_words_or_digits() -> None:
    """Yes and no in the ways that systems say them."""
    values, reasons = values_and_reasons(bool, "Yes", "Y", "TRUE", "1", "no", "n", "False", "0", "maybe")
    assert values == [True] * 4 + [False] * 4 + [None]
    assert reasons == {10: "'maybe' is neither yes nor no"}


def test_codes_are_known_by_their_synonyms_and_never_lose_their_own_name() -> None:
    """Case and punctuation do not matter; an unknown code is named with those that are known."""
    values, reasons = values_and_reasons(Trade, "Plumbing", "pl", "GAS", "other", "roofing")
    assert values[:4] == ["plumbing", "plumbing", "heating", "other"]
    assert reasons == {6: "'roofing' is not one of plumbing, heating, other"}


def test_a_code_list_may_know_words_for_empty() -> None:
    """They are no value, and no problem where there may be none."""
    kind = Annotated[Literal["good", "bad"], Synonyms({"": ("n/a", "don't know")})]
    assert values_and_reasons(kind, "N/A", "Good", "Don’t know") == ([None, "good", None], {})
    values, reasons = values_and_reasons(kind, "n/a", "bad", "nothing", None, required=True)
    assert values == [None, "bad", None, None]
    assert reasons == {2: "is empty", 4: "'nothing' is not one of good, bad", 5: "is empty"}


def test_text_has_a_limit_in_characters_not_in_bytes() -> None:
    """An emoji is one character; the message quotes the start of what is too long."""
    kind = Annotated[str, Field(max_length=70)]
    values, reasons = values_and_reasons(kind, "🏡" * 70, "x" * 71)
    assert values[0] == "🏡" * 70
    assert reasons == {3: f"'{'x' * 60}' is longer than 70 characters"}


def test_numbers_have_limits() -> None:
    """Both ends are inside."""
    _, reasons = values_and_reasons(Annotated[float, Field(ge=0, le=10)], "0", "10", "-0.1", "10.1")
    assert reasons == {4: "'-0.1' is less than 0", 5: "'10.1' is more than 10"}


def test_a_number_may_have_to_be_more_than_a_limit() -> None:
    """Which is then outside."""
    _, reasons = values_and_reasons(Annotated[float, Field(gt=0)] | None, "0", "1e-9", None, "-1")
    assert reasons == {2: "'0.0' is not more than 0", 5: "'-1.0' is not more than 0"}


def test_a_field_that_must_be_filled_may_not_be_empty() -> None:
    """One that need not, may; and a field without a column is empty everywhere."""
    assert values_and_reasons(str, "a", None, required=True)[1] == {3: "is empty"}
    assert values_and_reasons(str, "a", None)[1] == {}
    made = validated(numbered({"a": ["x"]}), {"b": FieldInfo(annotation=date | None)}, [], TODAY, Problems())
    assert made["b"].to_list() == [None]


def test_a_row_with_several_problems_is_one_line() -> None:
    """Its fields and reasons stand beside each other."""
    rows, problems = numbered({"a": ["x", "1"], "b": [None, "y"]}), Problems()
    fields = {"a": FieldInfo.from_annotation(float), "b": FieldInfo.from_annotation(str)}
    validated(rows, fields, ["a", "b"], TODAY, problems)
    assert problems.frame().rows() == [(2, "a; b", "'x' is not a number; is empty")]


def test_what_comes_later_is_not_dated_before() -> None:
    """Where one of the dates is missing there is nothing to compare, and the same day is in order."""
    days: list[Any] = [date(2024, 1, 2), date(2024, 1, 2), date(2024, 1, 2), None]
    rows = numbered({"opened": days, "closed": [date(2024, 1, 1), date(2024, 1, 2), None, date(2024, 1, 1)]})
    problems = Problems()
    ordered(rows, [("opened", "closed")], problems)
    assert problems.frame().rows() == [(2, "closed", "2024-01-01 is before opened, 2024-01-02")]


def text_of(values: Sequence[str | bytes | None], name: str = "text") -> tuple[list[str | None], dict[int, str]]:
    """A column of a file as a field's text, and the reasons by row."""
    problems = Problems()
    made = typed(numbered({"Column": list(values)}), {name: "Column"}, problems)
    return made[name].to_list(), dict(problems.frame().select(ROW, "reason").iter_rows())


def test_text_is_stripped_and_nothing_is_null() -> None:
    """Spaces of every kind at the ends, and what is only spaces."""
    assert text_of([" a b ", "", "  ", "\u00a0x\t", None, "\n"]) == (["a b", None, None, "x", None, None], {})


def test_bytes_that_are_not_utf8_are_a_problem_of_their_row_alone() -> None:
    """Others stay, those too that hold the mark of replacement themselves."""
    values, reasons = text_of([b"caf\xe9", "café �".encode(), None, b"plain"])
    assert values[1:] == ["café �", None, "plain"]
    assert reasons == {2: "is not valid UTF-8: save the file as 'CSV UTF-8' or mend the row"}


def test_a_nul_character_is_a_problem_of_its_row() -> None:
    """PostgreSQL's text cannot hold one, wherever it comes from."""
    assert text_of(["a\0b", "c"])[1] == {2: "has a NUL character: remove it"}
    assert text_of([b"a\0b", b"\xff\0"])[1].keys() == {2, 3}


def test_a_uprn_is_a_plain_number() -> None:
    """Leading zeros and a spreadsheet's .0 go; zero, which stands for none, is none."""
    given = ["000123", "123.0", " 0123.0 ", "100080012345", "0", "000.0", "", "n/a"]
    assert text_of(given, "uprn") == (["123", "123", "123", "100080012345", None, None, None, "n/a"], {})
    assert pl.select(plain_uprn(pl.lit("007.0"))).item() == "7"
