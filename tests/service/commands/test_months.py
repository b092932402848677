import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


@pytest.fixture
def loaded(call: Call, tmp_path: Path) -> Call:
    """A service with cases on every day of a year and a half, but for March 2026."""
    days = (date(2025, 1, 1) + timedelta(days=at) for at in range(546))
    with (tmp_path / "cases.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["case id", "date opened", "category", "hate"])
        rows.writerows([str(day), str(day), "noise", "no"] for day in days if (day.year, day.month) != (2026, 3))
    assert call("ingest", "asb", str(tmp_path / "cases.csv")).exit_code == 0
    return call


def test_a_month_that_is_missing_is_listed_until_it_is_noted_to_be_empty(
    loaded: Call, output: Callable[[Any], str]
) -> None:
    """With the months that are complete; the note needs a reason."""
    assert "Complete from January 2025 to June 2026, but March 2026 is missing." in output(loaded("months", "list"))
    assert "Say how you know" in str(loaded("months", "note", "asb", "2026-03", "empty", "--why", " ").exception)
    why = ("--why", "The service was closed.")
    assert "asb, fog" not in output(loaded("months", "note", "asb", "2026-03", "empty", *why))
    assert "Complete from January 2025 to June 2026." in output(loaded("months", "list"))


def test_a_definition_that_has_changed_is_noted(loaded: Call, output: Callable[[Any], str]) -> None:
    """From then on it counts something else."""
    assert loaded("months", "note", "asb", "2025-11", "changed", "--why", "New case system.").exit_code == 0
    assert "From November 2025 on it counts something else." in output(loaded("months", "list"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fog", "2026-03", "empty"), "There is no layer fog: there are "),
        (("asb", "March", "empty"), "March is not a month: write it as in 2026-03."),
    ],
)
def test_what_is_not_known_is_refused_with_what_is(call: Call, arguments: tuple[str, ...], said: str) -> None:
    """Layers and months."""
    assert said in str(call("months", "note", *arguments, "--why", "I know.").exception)
