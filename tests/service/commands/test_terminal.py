import re
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from layers._layer import Layer
from layers._registry import LAYERS

ALL = list(LAYERS.values())
Call = Callable[..., Any]
Program = Callable[..., "subprocess.CompletedProcess[str]"]
WriteCsv = Callable[[Path, list[dict[str, Any]]], Path]
Output = Callable[[Any], str]
Planted = Callable[[Layer], list[dict[str, Any]]]


DROPPED = """
    CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';
    CREATE TRIGGER drop_it BEFORE INSERT ON evidence.import FOR EACH ROW EXECUTE FUNCTION drop_it();
"""


def test_a_database_that_goes_away_is_told(
    world_template: str,
    fresh_database: Callable[..., AbstractContextManager[str]],
    tmp_path: Path,
    planted: Planted,
    program: Program,
    write_csv: WriteCsv,
) -> None:
    """In the middle of an import: a sentence, no traceback."""
    file = write_csv(tmp_path / "rows.csv", planted(ALL[0]))
    with fresh_database(world_template) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql(DROPPED)
        engine.dispose()
        environment = {"PRIORITIES_DATABASE_URL": url, "PRIORITIES_HOME": str(tmp_path)}
        ended = program("ingest", ALL[0].id, file, **environment)
    assert ended.returncode == 1
    assert re.fullmatch(
        r"The database does not answer any more; what was not finished has been undone. \(.+\)\n", ended.stderr
    )


def test_a_file_that_the_machine_refuses_is_told(tmp_path: Path, program: Program) -> None:
    """Whatever the reason is, the file's name stands beside it."""
    name = f"{'x' * 300}.csv"
    ended = program("boundaries", "build", "--from-homes", name, PRIORITIES_HOME=str(tmp_path))
    assert (ended.returncode, ended.stderr) == (1, f"{name} cannot be used: File name too long.\n")
