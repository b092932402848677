"""What the commands say on the terminal, and the database that they are lent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from geo.errors import Refused

if TYPE_CHECKING:
    from evidence import Database

SAY = Console(stderr=True, highlight=False, emoji=False)
"""What is said to the person; results go to the output."""

# The imports come late, so that --help and a wrong call answer at once.


@contextmanager
def evidence() -> Iterator["Database"]:
    """Lend the database that the settings name, ready."""
    from api.settings import settings
    from service import start as ground

    with ground.evidence(settings()) as database:
        yield database


@contextmanager
def changing() -> Iterator["Database"]:
    """Lend the database for a change; what was found from what has changed is found anew at the end."""
    from analysis.refresh import refresh
    from analysis.weights import weights
    from api.settings import settings

    # First: a file of weights that is refused must not come below half the work.
    weighed = weights(settings().home)
    with evidence() as database:
        try:
            yield database
        except Refused:
            # Of several files, those before the one that was refused are there.
            refresh(database, weighed, say=step)
            raise
        refresh(database, weighed, say=step)


def day(text: str | None) -> date | None:
    """The day that a person wrote; None if none was.

    Raises
    ------
    Refused
        It is no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused(f"{text} is not a day: write it as in 2026-04-01.") from error


def table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under names."""
    drawn = Table(box=None, pad_edge=False)
    for name in names:
        # A file's name is folded in a narrow window, not cut.
        drawn.add_column(name, overflow="fold")
    for row in rows:
        drawn.add_row(*map(Text, row))
    Console().print(drawn)


def step(said: str) -> None:
    """Say what is being done."""
    SAY.print(said, markup=False, soft_wrap=True)


def sentence(error: Exception) -> str:
    """What to do about the errors of files and of the database; any other is ours, and goes on as it is."""
    from psycopg import OperationalError as Lost
    from sqlalchemy.exc import OperationalError

    if isinstance(error, OperationalError | Lost):
        return f"The database does not answer any more; what was not finished has been undone. ({_first_line(error)})"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {error.strerror}."
    if isinstance(error, OSError) and error.strerror:
        return f"This machine does not allow it: {error.strerror}."
    raise error


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).partition("\n")[0]
