import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from evidence import Database
from geo.errors import Refused
from service.commands.analysis import _latest_priorities

Call = Callable[..., Any]
Output = Callable[[Any], str]
WriteCsv = Callable[[Path, list[dict[str, Any]]], Path]


def cases(number: int) -> list[dict[str, Any]]:
    """Cases at two homes, some days apart, to the end of a month."""
    return [
        {
            "reference": at,
            "opened": date(2026, 6, 30) - timedelta(days=7 * at),
            "category": "noise",
            "hate": "no",
            "easting": 485500 + 1000 * (at % 2),
            "northing": 236500,
        }
        for at in range(number)
    ]


@pytest.fixture
def loaded(call: Call, write_csv: WriteCsv, tmp_path: Path) -> Call:
    """The command line on the small world with two years of cases."""
    result = call("ingest", "asb", write_csv(tmp_path / "cases.csv", cases(120)))
    assert result.exit_code == 0, result.output
    assert "Analysing anti-social behaviour …" in result.stderr
    return call


def test_priorities_that_are_gone_are_no_crash(world: Database) -> None:
    """Another program can empty the store between the analysis and the question."""
    with pytest.raises(Refused, match="run this once more"):
        _latest_priorities(world, None)


def test_an_import_is_analysed_at_once_and_only_once(loaded: Call, output: Output) -> None:
    """What has not changed is not analysed again; what has no evidence says so."""
    again = loaded("analyse")
    assert "Analysing" not in again.stderr
    told = output(again)
    assert "Anti-social behaviour, complete to 2026-06; 120 of 120 located" in told
    assert re.search(r"Repairs; run \w{16}\n There are no repairs yet: load a file", told)


def test_an_estate_has_its_figures_by_theme(loaded: Call, output: Output) -> None:
    """Rates with their likely range and the course in a sentence; no rate without homes."""
    told = output(loaded("analyse", "--estate", "E01"))
    assert told.startswith("Alder\n")
    assert re.search(
        r"1\. anti-social behaviour: \d\.\d times the usual \(likely \d\.\d to \d\.\d\); first in (over )?\d+ of 100",
        told,
    )
    assert re.search(r"what is recorded is \d\.\d times the usual and counts \d+%", told)
    assert "No weight that is a fifth higher or lower changes the order." in told
    assert "Anti-social behaviour, all: 1350.0 per 1,000 homes, underlying rate likely between" in told
    assert "in the last 12 months," in told
    assert "Anti-social behaviour, all: 0, no homes listed and so no rate." in output(
        loaded("analyse", "--estate", "E06")
    )


def test_nothing_after_a_day_is_used(loaded: Call, output: Output) -> None:
    """As if it had been asked then."""
    assert "complete to 2025-12" in output(loaded("analyse", "--as-of", "2025-12-31"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--estate", "E99"], "There is no estate E99: give its code, as in E01."),
        (["--as-of", "soon"], "soon is not a day: write it as in 2026-04-01."),
        (["--check-truth"], "There is no "),
    ],
)
def test_what_cannot_be_analysed_is_told(loaded: Call, arguments: list[str], sentence: str) -> None:
    """In a sentence."""
    result = loaded("analyse", *arguments)
    assert isinstance(result.exception, Refused)
    assert str(result.exception).startswith(sentence)
