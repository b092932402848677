from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from evidence import PUBLIC, Database, NotVisible, Viewer
from geo.errors import Refused
from layers._layer import Theme
from plans.replies import LONGEST, Reply, demonstrate, replies, withdraw, write

ANN = Viewer("officer", "Ann", frozenset({"E01"}))
BOB = Viewer("administrator", "Bob")
TODAY = date(2026, 6, 30)
LIGHTS = Reply("E01", Theme.SAFETY, "The lights are out.", "They are mended.", "done")


def test_what_an_officer_writes_is_kept(world: Database) -> None:
    """With who wrote it and when, the newest first."""
    first = write(world, ANN, LIGHTS, TODAY)
    second = write(world, BOB, Reply("", Theme.REPAIRS, "It is damp.", "We survey.", "planned"), TODAY)
    found = replies(world, ANN)
    assert [each.id for each in found] == [second, first]
    assert (found[1].estate, found[1].said, found[1].did, found[1].status) == ("E01", LIGHTS.said, LIGHTS.did, "done")
    assert (found[1].who, found[1].since, found[1].synthetic) == ("Ann", TODAY, False)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("", "write something"),
        (" \n", "write something"),
        ("x" * (LONGEST + 1), "it has 501 characters, and there is room for 500"),
        ("Write to ann.b@example.org", "take an e-mail address out, nobody must be recognised"),
        ("Ring 01908 691691 at night", "take a telephone number out, nobody must be recognised"),
        ("In MK6 3AB it is dark", "take a postcode out, nobody must be recognised"),
        ("My number is QQ 12 34 56 C", "take a National Insurance number out, nobody must be recognised"),
        ("At 12 Neapland Road it leaks", "take a house's address out, nobody must be recognised"),
    ],
)
def test_what_may_tell_who_somebody_is_is_refused(world: Database, words: str, wrong: str) -> None:
    """In what was said and in what is done; and nothing is kept."""
    for field, name in (("said", "What residents said"), ("did", "What is done")):
        with pytest.raises(Refused, match=f"^{name}: {wrong}.$"):
            write(world, ANN, Reply(**{**vars(LIGHTS), field: words}), TODAY)
    assert replies(world, ANN) == []


@pytest.mark.parametrize("words", ["2 of 3 lamps on the H6 are out", "Since 1 May 2026, 40 of 60", "The M1 at night"])
def test_numbers_that_tell_of_nobody_may_stay(world: Database, words: str) -> None:
    """Roads, dates and counts."""
    assert write(world, ANN, Reply("E01", Theme.SAFETY, words, words, "done"), TODAY)


def test_an_officer_writes_for_the_own_patch_only(world: Database) -> None:
    """Neither for another estate nor for all; an administrator for each."""
    for estate in ("E02", ""):
        with pytest.raises(NotVisible):
            write(world, ANN, Reply(**{**vars(LIGHTS), "estate": estate}), TODAY)
        assert write(world, BOB, Reply(**{**vars(LIGHTS), "estate": estate}), TODAY)


def test_what_is_withdrawn_is_gone_and_kept(world: Database) -> None:
    """Whoever took it back is noted; twice, or by an officer of another estate, it is not there."""
    number = write(world, BOB, Reply(**{**vars(LIGHTS), "estate": "E02"}), TODAY)
    with pytest.raises(NotVisible):
        withdraw(world, ANN, number)
    withdraw(world, BOB, number)
    assert replies(world, BOB) == []
    with pytest.raises(NotVisible):
        withdraw(world, BOB, number)
    with world.owner.connect() as connection:
        assert connection.execute(text("SELECT withdrawn_by FROM plans.reply")).scalar_one() == "Bob"


def test_a_demonstrations_take_the_place_of_an_earlier_ones(world: Database) -> None:
    """And of nothing else."""
    write(world, ANN, LIGHTS, TODAY)
    for _ in range(2):
        demonstrate(world, [LIGHTS, LIGHTS], TODAY)
    assert [each.synthetic for each in replies(world, ANN)] == [True, True, False]
    demonstrate(world, [], TODAY)
    assert len(replies(world, ANN)) == 1


def test_nobody_else_writes_or_reads(world: Database) -> None:
    """Neither the public nor a planner; nor the public's role of the database."""
    for who in (PUBLIC, Viewer("planner", "Pat")):
        with pytest.raises(NotVisible):
            write(world, who, LIGHTS, TODAY)
        with pytest.raises(NotVisible):
            replies(world, who)
    with world.public.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("SELECT * FROM plans.reply"))
