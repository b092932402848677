"""No row is lost unsaid: whatever is in a file is afterwards in the table or among the rejects, and nowhere twice."""

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from evidence import Database, Report, Target, layer_target
from evidence.intake import csv as _csv
from layers._registry import LAYERS

FEEDBACK = layer_target(LAYERS["feedback"])
HEADER = ["Reference", "Received", "Theme", "Channel", "Text", "Easting", "Northing", "Notes"]
FIRST, LAST = date(1990, 1, 1), date(2024, 7, 1)

# What a CSV may hold: everything but halves of characters.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
references = st.one_of(st.integers(0, 30).map(lambda number: f"F{number}"), texts)
days = st.one_of(
    st.dates(FIRST, LAST).map(date.isoformat),
    st.dates(FIRST, LAST).map(lambda day: day.strftime("%d/%m/%Y")),
    st.sampled_from(["31/02/2024", "2025-01-01", "1066-10-14", "", "soon"]),
)
rows = st.tuples(
    references,
    days,
    st.sampled_from(["safety", "Safe", "ASB", "weather", ""]),
    st.sampled_from(["online", "Survey", "pigeon"]),
    texts,
    st.sampled_from(["", "485500", "485500.5", "500000", "NaN"]),
    st.sampled_from(["", "236500", "1e5", "£236,500"]),
    texts,
).map(list)
malformed = st.lists(texts, min_size=2, max_size=12).filter(lambda row: len(row) != len(HEADER))
SURE = ["sure", "2024-06-30", "safety", "online", "", "", "", ""]
"""A file without a good row would be refused as a whole."""
files = st.lists(st.one_of(rows, rows, rows, malformed, st.just([])), max_size=25).map(lambda lines: [SURE, *lines])


def write_lines(lines: list[list[str]], separator: str, end: str) -> bytes:
    """The lines as a CSV file."""
    text = io.StringIO(newline="")
    # All quoted, because Python's writer forgets to quote the line ends that it does not itself write.
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL if end == "\r\n" else csv.QUOTE_ALL
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows([HEADER, *lines])
    return text.getvalue().encode()


def is_good(row: list[str]) -> bool:
    """Whether a row may come in, apart from its reference having been there before: said anew, value by value."""
    reference, received, theme, channel, text, easting, northing, _ = row
    there = easting in ("485500", "485500.5") and northing in ("236500", "£236,500")
    return (
        reference.strip() != ""
        and received not in ("31/02/2024", "2025-01-01", "1066-10-14", "", "soon")
        and (theme, channel) in {(a, b) for a in ("safety", "Safe", "ASB") for b in ("online", "Survey")}
        and "\0" not in reference + text
        and easting != "NaN"
        and (there or "" in (easting, northing))
    )


def expected(lines: list[list[str]]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """The rows of a file by number: those that should be loaded, and those that should be refused."""
    good: dict[int, list[str]] = {}
    refused: dict[int, list[str]] = {}
    for number, row in enumerate(lines, start=2):
        known = {other[0].strip() for other in good.values()}
        fits = len(row) == len(HEADER) and is_good(row) and row[0].strip() not in known
        if any(row) or len(row) not in (0, len(HEADER)):
            (good if fits else refused)[number] = row
    return good, refused


@pytest.mark.parametrize(("block", "separator", "end"), [(8 << 20, ",", "\r\n"), (400, ";", "\n"), (600, "\t", "\r")])
def test_every_row_is_loaded_or_held_among_the_rejects(
    world: Database,
    bring_file: Callable[..., Report],
    stored_rows: Callable[[Database, Target], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    block: int,
    separator: str,
    end: str,
) -> None:
    """Any mixture of good, bad, malformed, repeated and empty rows, in blocks of any size."""
    monkeypatch.setattr(_csv, "_BLOCK", block)

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(files)
    def holds(lines: list[list[str]]) -> None:
        with world.owner.begin() as connection:
            connection.execute(delete(FEEDBACK.table))
        report = bring_file(world, FEEDBACK, write_lines(lines, separator, end), today=LAST, max_refused=100)
        good, refused = expected(lines)
        loaded = {row["source_row"]: row for row in stored_rows(world, FEEDBACK)}
        assert loaded.keys() == good.keys()
        for number, row in loaded.items():
            assert row["reference"].strip() == good[number][0].strip()
            assert (row["text"] or "").strip() == good[number][4].strip()
        assert held(report, separator) == refused
        assert report.rows == report.change.added + report.refused == len(good) + len(refused)

    holds()


def held(report: Report, separator: str) -> dict[int, list[str]]:
    """The rows among the rejects, by number; malformed ones are there as they stood in the file."""
    if report.rejects is None:
        return {}
    with report.rejects.open(newline="", encoding="utf-8") as file:
        found = {int(row[0]): row[1:] for row in list(csv.reader(file))[1:]}
    return {
        number: row[2:] if row[0] else next(csv.reader(io.StringIO(row[2], newline=""), delimiter=separator))
        for number, row in found.items()
    }
