import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo.errors import Refused

Call = Callable[..., Any]
WriteCsv = Callable[[Path, list[dict[str, Any]]], Path]
Output = Callable[[Any], str]

ROWS = [
    {
        "Respondent ID": number,
        "Interview date": "04/11/2025",
        "Method": "Telephone",
        "TP01": "Very satisfied" if number < 9 else "Don't know" if number == 12 else "Neither",
        "UPRN": 10_000_000_000 + number,
    }
    for number in range(13)
]


@pytest.fixture
def survey(tmp_path: Path, write_csv: WriteCsv) -> Path:
    """A file of 13 respondents of one estate, of whom 9 are satisfied and one does not know."""
    return write_csv(tmp_path / "survey.csv", ROWS)


def test_a_survey_is_imported(call: Call, survey: Path, output: Output) -> None:
    """First for a look; a second time nothing changes; a column that is not recognised can be given."""
    assert output(call("survey", "import", survey, "--dry-run")) == (
        "survey.csv: 13 rows; would be: 13 added; 13 of 13 located.\n"
    )
    assert output(call("survey", "import", survey)) == "survey.csv: 13 rows; 13 added; 13 of 13 located.\n"
    assert "0 added, 13 unchanged" in output(call("survey", "import", survey))
    assert "12 changed, 1 unchanged" in output(call("survey", "import", survey, "--map", "tp05=TP01"))
    assert "survey survey.csv loaded 13 0 12 0 " in output(call("status"))


def test_a_survey_of_wrong_answers_is_refused(call: Call, tmp_path: Path, write_csv: WriteCsv) -> None:
    """As every file is, with the rows that were refused beside it."""
    rows = [*ROWS[1:], ROWS[0] | {"TP01": "5"}]
    result = call("survey", "import", write_csv(tmp_path / "survey.csv", rows), "--max-refused", "3")
    assert isinstance(result.exception, Refused)
    assert "1 of 13 rows of survey.csv were refused, more than 3%" in str(result.exception)
    assert "'5' is not one of very satisfied" in (tmp_path / "survey.csv.rejects.csv").read_text()


def test_the_table_is_printed_as_it_is_published(call: Call, survey: Path, output: Output) -> None:
    """9 of 12 are 75 %; Wilson's interval is 46.8 to 91.1."""
    call("survey", "import", survey)
    result = call("satisfaction", "--year", "2026")
    told = output(result)
    assert "TP01 Overall satisfaction % satisfied 75.0 12 46.8 to 91.1" in told
    assert "no answers" in told and "RP02 (2)" in told
    assert result.stderr == "April 2025 to March 2026.\n"


def test_an_estate_has_a_table_of_its_own(call: Call, survey: Path, output: Output) -> None:
    """Of the survey alone; one that is not there is told with those that are."""
    call("survey", "import", survey)
    told = output(call("satisfaction", "--year", "2026", "--estate", "E01"))
    assert "TP01 Overall satisfaction % satisfied 75.0 12 46.8 to 91.1" in told
    assert "NM01" not in told
    result = call("satisfaction", "--estate", "Atlantis")
    assert str(result.exception) == "There is no estate Atlantis: the estates are E01, E02, E03, E04, E05, E06."


def test_the_table_as_csv_is_rows_alone(call: Call, survey: Path) -> None:
    """What they are of is said beside it."""
    call("survey", "import", survey)
    result = call("satisfaction", "--year", "2026", "--csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 16
    assert rows[0] == {
        "code": "TP01",
        "title": "Overall satisfaction",
        "measure": "% satisfied",
        "value": "75.0",
        "n": "12",
        "95% interval": "46.8 to 91.1",
        "note": "",
    }
    assert (rows[12]["code"], rows[12]["value"]) == ("NM01 (1)", "")
