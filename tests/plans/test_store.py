from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from layers import LAYERS, PUBLIC, Asker, Database, NotVisible
from plans._store import keep, latest, prepare

OFFICER = Asker("officer")


@pytest.fixture
def stored(world: Database) -> Database:
    """The small world with a place to keep analyses."""
    prepare(world)
    return world


def test_the_latest_of_a_layer_is_given_back(stored: Database) -> None:
    """Of several by the time they were made; of a layer without one, none."""
    keep(stored, "one", {"layer": "asb"}, b'{"found":1}')
    keep(stored, "two", {"layer": "asb"}, b'{"found":2}')
    assert latest(stored, OFFICER, "asb") == ("two", {"found": 2})
    assert latest(stored, OFFICER, "asb") == ("two", {"found": 2})
    keep(stored, "one", {"layer": "asb"}, b'{"found":1}')
    assert latest(stored, OFFICER, "asb") == ("one", {"found": 1})
    assert latest(stored, OFFICER, "repairs") is None


def test_an_analysis_as_of_a_day_is_not_the_one_shown(stored: Database) -> None:
    """Who looks back changes nothing for others."""
    keep(stored, "now", {"layer": "asb", "as_of": None}, b'{"found":1}')
    keep(stored, "then", {"layer": "asb", "as_of": "2025-12-31"}, b'{"found":2}')
    assert latest(stored, OFFICER, "asb") == ("now", {"found": 1})
    assert latest(stored, OFFICER, "asb", date(2025, 12, 31)) == ("then", {"found": 2})
    assert latest(stored, OFFICER, "asb", date(2025, 12, 30)) is None


def test_what_is_kept_is_kept_byte_for_byte(stored: Database) -> None:
    """So that two analyses of one record can be compared."""
    found = b'{"z": 1.10, "a": null}'
    keep(stored, "one", {"layer": "asb"}, found)
    with stored.owner.connect() as connection:
        assert connection.execute(text("SELECT result FROM plans.analysis")).scalar_one().encode() == found


def test_nobody_else_sees_them(stored: Database) -> None:
    """Not by the front door, and not by the public's role of the database."""
    with pytest.raises(NotVisible):
        latest(stored, PUBLIC, next(iter(LAYERS)))
    with stored.public.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("SELECT * FROM plans.analysis"))


def test_a_second_start_finds_what_is_there(stored: Database) -> None:
    """Nothing is lost, and a role that was made anew may read again."""
    keep(stored, "one", {"layer": "asb"}, b"{}")
    with stored.owner.begin() as connection:
        connection.execute(text(f'REVOKE ALL ON plans.analysis FROM "{stored.officer.url.username}"'))
    prepare(stored)
    assert latest(stored, OFFICER, "asb") == ("one", {})
