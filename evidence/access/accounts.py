"""Accounts: who may sign in, as what, and for which estates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from evidence import Database, Role, Viewer, areas, log_access
from evidence.access.tables import ACCOUNTS, COVER, list_of, set_of
from geo.errors import Refused

LONG_ENOUGH = 12
"""Characters of a password, as the National Cyber Security Centre's three random words have at least."""

HASHER = PasswordHasher()


@dataclass(frozen=True)
class Cover:
    """An estate that is looked after for somebody else, from a day to a day, both included."""

    estate: str
    first: date
    last: date


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in."""

    name: str
    role: Role
    estates: frozenset[str] | None
    """The patch of an officer; None is every estate."""
    by_provider: bool
    """Whether the council's identity provider vouches for the person, not a password."""
    demonstration: bool
    cover: tuple[Cover, ...]

    def viewer(self, today: date) -> Viewer:
        """Who is looking when this person does, with what is covered today."""
        covered = {each.estate for each in self.cover if each.first <= today <= each.last}
        return Viewer(self.role, self.name, None if self.estates is None else self.estates | covered)


def spelled(name: str) -> str:
    """A name as it is kept: people write theirs, and their e-mail, in large and small letters."""
    return name.strip().casefold()


def add_account(
    database: Database, by: Viewer, name: str, role: Role, estates: frozenset[str] | None, password: str | None
) -> None:
    """Let somebody sign in: with a password, or without one through the council's identity provider.

    Parameters
    ----------
    by
        Who adds the account; it is noted.
    estates
        The patch of an officer, None being every estate.

    Raises
    ------
    Refused
        The name is taken or empty, the password too short, or an estate is not there.
    """
    check_estates(database, estates)
    if password is not None and len(password) < LONG_ENOUGH:
        raise Refused(f"The password is too short: take at least {LONG_ENOUGH} characters, such as three random words.")
    if not spelled(name):
        raise Refused("Give the account a name.")
    hashed = None if password is None else HASHER.hash(password)
    values = {"name": spelled(name), "role": role, "estates": list_of(estates), "password": hashed}
    with database.owner.begin() as connection:
        statement = insert(ACCOUNTS).values(values).on_conflict_do_nothing()
        if connection.scalar(statement.returning(ACCOUNTS.c.name)) is None:
            raise Refused(f"There is an account {spelled(name)} already: remove it first, or take another name.")
    log_access(database, by, "changed access", {"added": values["name"], "role": role, "estates": values["estates"]})


def check_estates(database: Database, estates: frozenset[str] | None) -> None:
    """See to it that the estates are there.

    Raises
    ------
    Refused
        One is not in the boundary set in use.
    """
    unknown = (estates or frozenset()) - set(areas(database, Viewer("administrator"))["code"])
    if unknown:
        raise Refused(f"There is no estate {', '.join(sorted(unknown))}: give codes, as in MK-001.")


def remove_account(database: Database, by: Viewer, name: str) -> None:
    """Let somebody sign in no more; sessions end within a minute.

    Raises
    ------
    Refused
        There is no such account.
    """
    with database.owner.begin() as connection:
        if not connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.name == spelled(name))).rowcount:
            raise Refused(f"There is no account {spelled(name)}.")
    log_access(database, by, "changed access", {"removed": spelled(name)})


def cover_estate(database: Database, by: Viewer, name: str, cover: Cover) -> None:
    """Let an officer see the single records of one more estate, from a day to a day.

    Raises
    ------
    Refused
        There is no such officer or estate, or the last day is before the first.
    """
    check_estates(database, frozenset({cover.estate}))
    found = find_account(database, name)
    if found is None or found.role != "officer":
        raise Refused(f"There is no officer {spelled(name)}.")
    if cover.last < cover.first:
        raise Refused(f"The cover ends on {cover.last}, before it begins on {cover.first}.")
    values = {"account": found.name, "estate": cover.estate, "first": cover.first, "last": cover.last}
    with database.owner.begin() as connection:
        connection.execute(insert(COVER).values(values))
    days = {"from": f"{cover.first}", "to": f"{cover.last}"}
    log_access(database, by, "changed access", {"covers": found.name, **days}, estates=[cover.estate])


def accounts(database: Database) -> list[Account]:
    """Every account, by name."""
    with database.owner.connect() as connection:
        covers = connection.execute(select(COVER).order_by(COVER.c.first, COVER.c.estate)).all()
        rows = connection.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.name)).all()
    return [_account(row, covers) for row in rows]


def find_account(database: Database, name: str) -> Account | None:
    """An account by its name; None if there is none."""
    with database.owner.connect() as connection:
        row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == spelled(name))).first()
        covers = connection.execute(select(COVER).where(COVER.c.account == spelled(name))).all()
    return _account(row, covers) if row else None


def _account(row: Row[Any], covers: Sequence[Row[Any]]) -> Account:
    cover = tuple(Cover(each.estate, each.first, each.last) for each in covers if each.account == row.name)
    return Account(row.name, row.role, set_of(row.estates), row.password is None, row.demonstration, cover)
