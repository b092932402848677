import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from geo.errors import Refused
from layers._layer import Layer
from layers._registry import LAYERS
from service.commands.main import application

PROGRAM = Path(sys.executable).with_name("priorities")
ALL = list(LAYERS.values())
Call = Callable[..., Any]
Program = Callable[..., "subprocess.CompletedProcess[str]"]
WriteCsv = Callable[[Path, list[dict[str, Any]]], Path]
Output = Callable[[Any], str]
Planted = Callable[[Layer], list[dict[str, Any]]]


def commands(group: Any, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it."""
    yield names, group
    for name, each in getattr(group, "commands", {}).items():
        yield from commands(each, *names, name)


EVERY = dict(commands(typer.main.get_command(application)))


def test_there_are_the_commands_that_the_manual_names() -> None:
    """Each of them, and the parts of those that have any."""
    assert {" ".join(names) for names in EVERY} == {
        "",
        *("run", "ingest", "demo", "status", "homes", "homes import", "publish", "publications"),
        *("survey", "survey import", "satisfaction", "analyse", "explain"),
        *("postcodes", "postcodes import", "forget", "months", "months list", "months note"),
        *("boundaries", "boundaries import", "boundaries build", "boundaries list", "boundaries use"),
        *("user", "user add", "user list", "user remove", "user cover"),
        *("key", "key add", "key list", "key revoke", "log"),
    }


@pytest.mark.parametrize("names", EVERY, ids=" ".join)
def test_every_command_explains_itself(names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """What it does, and each thing that can be given to it."""
    monkeypatch.setenv("COLUMNS", "200")
    result = CliRunner().invoke(application, [*names, "--help"])
    assert result.exit_code == 0
    command = EVERY[names]
    assert (command.help or "").split(".")[0].split("\n")[0] in result.output
    for parameter in command.params:
        assert getattr(parameter, "help", None), (names, parameter.name)


@pytest.mark.parametrize(
    "arguments",
    [
        *("nonsense", "ingest", "ingest police", "homes import", "boundaries import", "boundaries use"),
        *("boundaries build", "status now", "demo --seed much", "run --port 8001", "boundaries import a.gpkg --set a"),
        *("ingest police a.csv --max-refused 101", "ingest police a.csv --max-refused -1"),
        *("ingest police a.csv --max-refused few", "ingest police a.csv --colour red", ""),
    ],
)
def test_a_wrong_call_is_told_how_it_goes(arguments: str) -> None:
    """It exits with 2, and says what it did not understand or what there is."""
    result = CliRunner().invoke(application, arguments.split())
    assert result.exit_code == 2
    assert "Usage: " in result.output


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["ingest", "zebra", "a.csv"], {}, "There is no layer zebra: the layers are asb, "),
        (["status"], {"PRIORITIES_DATABASE_URL": "postgresql://a:hush@127.0.0.1:1/b"}, "PRIORITIES_DATABASE_URL"),
    ],
)
def test_what_is_refused_is_a_sentence(
    arguments: list[str], environment: dict[str, str], sentence: str, program: Program
) -> None:
    """The installed program exits with 1, without a traceback, and writes nothing where results go."""
    done = program(*arguments, **environment)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr and "hush" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("layer", ALL, ids=[layer.id for layer in ALL])
def test_a_file_is_loaded_once_and_again_changes_nothing(
    call: Call,
    tmp_path: Path,
    planted: Planted,
    layer: Layer,
    write_csv: WriteCsv,
    output: Output,
) -> None:
    """Rows, added, located; then none added; then one corrected."""
    rows = planted(layer)
    file = write_csv(tmp_path / "rows.csv", rows)
    assert output(call("ingest", layer.id, file)) == "rows.csv: 30 rows; 30 added; 29 of 30 located.\n"
    assert output(call("ingest", layer.id, file)) == "rows.csv: 30 rows; 0 added, 30 unchanged; 29 of 30 located.\n"
    write_csv(file, [rows[0] | {"uprn": "10000000004"}, *rows[1:]])
    said = output(call("ingest", layer.id, file))
    assert said == "rows.csv: 30 rows; 0 added, 1 changed, 29 unchanged; 29 of 30 located.\n"


def test_a_dry_run_says_what_would_be_and_changes_nothing(
    call: Call, tmp_path: Path, planted: Planted, write_csv: WriteCsv, output: Output
) -> None:
    """The first run after it still adds every row."""
    file = write_csv(tmp_path / "rows.csv", planted(ALL[0]))
    for _ in range(2):
        said = output(call("ingest", ALL[0].id, file, "--dry-run"))
        assert said == "rows.csv: 30 rows; would be: 30 added; 29 of 30 located.\n"


def test_rows_that_are_refused_are_told_with_their_file(
    call: Call, tmp_path: Path, planted: Planted, write_csv: WriteCsv, output: Output
) -> None:
    """The rest is loaded if they are few; if they are many, nothing is."""
    layer = ALL[0]
    rows = planted(layer)
    file = write_csv(tmp_path / "rows.csv", [rows[0] | {layer.category: "zebra"}, *rows[1:]])
    rejects = f"{file}.rejects.csv"
    said = output(call("ingest", layer.id, file))
    assert said == (
        "rows.csv: 30 rows; 29 added, 1 refused; 28 of 29 located.\n"
        f"The rows refused, with reasons, are in {rejects}.\n"
    )
    few = call("ingest", layer.id, file, "--max-refused", "3")
    assert isinstance(few.exception, Refused)
    assert str(few.exception) == (
        f"1 of 30 rows of rows.csv were refused, more than 3%: nothing was loaded. {rejects} says why, row by row."
    )


def test_columns_can_be_given(
    call: Call, tmp_path: Path, planted: Planted, write_csv: WriteCsv, output: Output
) -> None:
    """Where their names are not recognised, also with an equals sign in the name."""
    layer = ALL[0]
    rows = [{"No = 1" if name == "reference" else name: value for name, value in row.items()} for row in planted(layer)]
    file = write_csv(tmp_path / "rows.csv", rows)
    assert "No column was recognised for reference" in str(call("ingest", layer.id, file).exception)
    assert "30 added" in output(call("ingest", layer.id, file, "--map", "reference=No = 1"))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("reference", "--map takes FIELD=COLUMN"),
        ("=reference", "--map takes FIELD=COLUMN"),
        ("reference=", "--map takes FIELD=COLUMN"),
        ("zebra=reference", "There is no field zebra: the fields are "),
        ("reference=zebra", "There is no column zebra: the columns are "),
    ],
)
def test_a_column_given_wrongly_is_told(
    call: Call,
    tmp_path: Path,
    planted: Planted,
    given: str,
    sentence: str,
    write_csv: WriteCsv,
) -> None:
    """With what there is."""
    file = write_csv(tmp_path / "rows.csv", planted(ALL[0]))
    assert str(call("ingest", ALL[0].id, file, "--map", given).exception).startswith(sentence)


def test_several_files_are_loaded_one_after_another(
    call: Call, tmp_path: Path, planted: Planted, write_csv: WriteCsv, output: Output
) -> None:
    """Those before one that is refused stay."""
    rows = planted(ALL[0])
    one, two = write_csv(tmp_path / "one.csv", rows[:10]), write_csv(tmp_path / "two.csv", rows[10:])
    result = call("ingest", ALL[0].id, one, two, tmp_path / "three.csv", one)
    assert result.stdout.count("added") == 2
    assert str(result.exception) == f"There is no file {tmp_path / 'three.csv'}."
    assert "0 added, 30 unchanged" in output(call("ingest", ALL[0].id, write_csv(one, rows)))


def test_brackets_in_a_files_name_are_no_markup(
    call: Call, tmp_path: Path, planted: Planted, write_csv: WriteCsv, output: Output
) -> None:
    """It is loaded, told and listed under its name."""
    file = write_csv(tmp_path / "[bold]rows[red] :warning:.csv", planted(ALL[0]))
    assert output(call("ingest", ALL[0].id, file)).startswith(f"{file.name}: 30 rows")
    assert file.name in output(call("status"))


def test_the_property_list_is_replaced_as_a_whole(
    call: Call, tmp_path: Path, write_csv: WriteCsv, output: Output
) -> None:
    """Homes that are no longer on it are removed; a list without homes is refused."""
    home = {"UPRN": "1", "Easting": "485500", "Northing": "236500"}
    file = write_csv(tmp_path / "homes.csv", [home, home | {"UPRN": "2"}])
    assert output(call("homes", "import", file)) == "homes.csv: 2 rows; 2 added, 50 removed; 2 of 2 located.\n"
    assert "2 homes on the property list." in output(call("status"))
    write_csv(file, [home | {"Easting": "", "Northing": ""}])
    assert isinstance(call("homes", "import", file).exception, Refused)
    assert "2 homes on the property list." in output(call("status"))


def test_status_tells_what_there_is(
    call: Call, tmp_path: Path, planted: Planted, write_csv: WriteCsv, output: Output
) -> None:
    """Every layer with its rows, how many are located and from when to when; homes, boundaries, imports."""
    layer = ALL[0]
    rows = planted(layer)
    file = write_csv(tmp_path / "rows.csv", rows)
    call("ingest", layer.id, file)
    told = output(call("status"))
    first, last = min(row[layer.happened] for row in rows), max(row[layer.happened] for row in rows)
    assert f"{layer.id} 30 29 {first} {last}" in told
    for other in ALL[1:]:
        assert f"{other.id} 0 0 – –" in told
    assert "50 homes on the property list." in told
    assert "estates 2024-04-01 6 indicative in use" in told
    assert f"{layer.id} rows.csv loaded 30 30 0 0 " in told


def test_a_demonstration_is_not_mixed_with_real_evidence(
    call: Call, tmp_path: Path, planted: Planted, write_csv: WriteCsv
) -> None:
    """It is refused with what is there."""
    layer = next(layer for layer in ALL if layer.id == "asb")
    call("ingest", layer.id, write_csv(tmp_path / "rows.csv", planted(layer)))
    result = call("demo")
    assert isinstance(result.exception, Refused)
    assert f"There is real evidence in {layer.title}" in str(result.exception)


def test_a_setting_that_cannot_be_used_is_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name of its variable."""
    monkeypatch.setenv("PORT", "eight")
    assert str(call("run").exception).startswith("PORT cannot be used: ")
