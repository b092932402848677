from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from analysis.runs import ResultKey, Run, latest_result, latest_run, save_run
from evidence import PUBLIC, Database, NotVisible, Viewer
from layers._registry import LAYERS

OFFICER = Viewer("officer")


def run(found: int, subject: str = "asb", **record: Any) -> Run:
    """A run that found a number, by a record that has it too."""
    return Run({"subject": subject, "seed": found, **record}, {"found": found})


def test_the_latest_of_a_subject_is_given_back(world: Database) -> None:
    """Of several by the time they were made; of a layer without one, none."""
    save_run(world, run(1))
    save_run(world, run(2))
    assert latest_run(world, OFFICER, "asb") == (run(2).id, {"found": 2})
    assert latest_run(world, OFFICER, "asb") == (run(2).id, {"found": 2})
    save_run(world, run(1))
    assert latest_run(world, OFFICER, "asb") == (run(1).id, {"found": 1})
    assert latest_run(world, OFFICER, "repairs") is None


def test_a_result_is_read_and_parsed_once(world: Database) -> None:
    """It is the same until another run is the latest; made of the JSON in another way it is another."""
    save_run(world, run(1))
    parsed: list[str] = []
    key = ResultKey("asb", None, parsed.append)
    for _ in range(3):
        assert latest_result(world, OFFICER, key) == (run(1).id, None)
    assert parsed == ['{"found":1}']
    save_run(world, run(2))
    assert latest_result(world, OFFICER, key) == (run(2).id, None)
    assert parsed == ['{"found":1}', '{"found":2}']
    assert latest_run(world, OFFICER, "asb") == (run(2).id, {"found": 2})


def test_a_run_as_of_a_day_is_not_the_one_shown(world: Database) -> None:
    """Who looks back changes nothing for others."""
    now, then = run(1, as_of=None), run(2, as_of="2025-12-31")
    save_run(world, now)
    save_run(world, then)
    assert latest_run(world, OFFICER, "asb") == (now.id, {"found": 1})
    assert latest_run(world, OFFICER, "asb", date(2025, 12, 31)) == (then.id, {"found": 2})
    assert latest_run(world, OFFICER, "asb", date(2025, 12, 30)) is None


def test_what_is_kept_is_kept_byte_for_byte(world: Database) -> None:
    """So that two runs of one record can be compared."""
    kept = Run({"subject": "asb"}, {"z": 1.1, "a": float("inf")})
    save_run(world, kept)
    with world.owner.connect() as connection:
        written = connection.execute(text("SELECT result FROM plans.run")).scalar_one().encode()
    assert written == kept.as_bytes == b'{"a":null,"z":1.1}'


def test_the_id_is_the_hash_of_the_record(world: Database) -> None:
    """Whatever the order of its parts; and another where anything is another."""
    one, same = Run({"subject": "asb", "seed": 1}, {}), Run({"seed": 1, "subject": "asb"}, {"found": 1})
    assert one.id == same.id != run(2).id
    assert len({run(number).id for number in range(100)}) == 100


def test_nobody_else_sees_them(world: Database) -> None:
    """Not by the front door, and not by the public's role of the database."""
    with pytest.raises(NotVisible):
        latest_run(world, PUBLIC, next(iter(LAYERS)))
    with world.public.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("SELECT * FROM plans.run"))
