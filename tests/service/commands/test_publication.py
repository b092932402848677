import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
WriteCsv = Callable[[Path, list[dict[str, Any]]], Path]
Output = Callable[[Any], str]


@pytest.fixture
def cases(tmp_path: Path, write_csv: WriteCsv) -> Path:
    """A file of 41 cases in Alder over the year to June 2026."""
    rows = [
        {
            "case id": number,
            "date opened": date(2025, 7, 1) + timedelta(days=number * 364 // 40),
            "category": "noise",
            "hate": "no",
            "easting": 485500,
            "northing": 236500,
        }
        for number in range(41)
    ]
    return write_csv(tmp_path / "cases.csv", rows)


def entries(listed: str) -> list[str]:
    """The lines that begin with a number and a day; others go on with the one before."""
    return [line for line in listed.splitlines() if re.match(r"\d+ 20\d\d-", line)]


def test_what_is_loaded_is_published_by_a_step_of_its_own(call: Call, cases: Path, output: Output) -> None:
    """Loading says so; a dry run shows what would change; then it is published, and the ledger says so."""
    assert "The public site shows it after: priorities publish\n" in call("ingest", "asb", cases).stderr
    assert "priorities publish" not in call("ingest", "asb", cases).stderr
    before = output(call("publications"))
    dry = output(call("publish", "--dry-run"))
    assert dry.startswith("Would be published:\nlayer figures new changed withheld to protect others\n")
    assert output(call("publications")) == before
    assert output(call("publish")) == dry.replace("Would be published", "Published")
    assert "asb 30 0 0 " in output(call("publish"))
    listed = output(call("publications"))
    assert len(entries(listed)) == len(entries(before)) + 2
    assert "estates (2024-04-01) The makers of this service, 2026-11-26 asb " in entries(listed)[0]


def test_rules_that_cannot_be_read_stop_it(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a sentence, and nothing is published."""
    (tmp_path / "disclosure.toml").write_text("fewest = 1")
    monkeypatch.setenv("PRIORITIES_HOME", str(tmp_path))
    result = call("publish")
    assert "disclosure.toml" in str(result.exception)
