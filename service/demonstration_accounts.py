"""The demonstration's sign-ins: one of each kind, with a password that is printed at every start.

They are there while all evidence is made up, or public anyway, and work no longer once any is not.
"""

import secrets
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from evidence import Database, Role, Viewer, areas, is_demonstration
from evidence.access.accounts import HASHER
from evidence.access.tables import ACCOUNTS, list_of

_PATCH = 5
"""Estates of the officer who has not all of them."""


def demonstration_password(home: Path) -> str:
    """The password of the demonstration's sign-ins, made once and kept in the service's folder."""
    file = home / "demonstration-password"
    # Empty after a start that was killed in this very place; anybody could sign in with that.
    if not file.exists() or not file.read_text():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(9))
    return file.read_text()


def save_demonstration_accounts(database: Database, home: Path) -> dict[str, frozenset[str] | None]:
    """Make the demonstration's accounts what they should be: there with a demonstration, else gone.

    Returns
    -------
    The estates whose records each may see, by name; None is every estate. Empty where there are none.
    """
    made_up = is_demonstration(database)
    patch = frozenset(sorted(areas(database, Viewer("administrator"))["code"])[:_PATCH])
    wanted: list[tuple[str, Role, frozenset[str] | None]] = [
        ("officer", "officer", None),
        ("patch-officer", "officer", patch),
        ("planner", "planner", frozenset()),
        ("administrator", "administrator", None),
    ]
    with database.owner.begin() as connection:
        connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.demonstration))
        if not made_up:
            return {}
        hashed = HASHER.hash(demonstration_password(home))
        for name, role, estates in wanted:
            values = {"name": name, "role": role, "estates": list_of(estates), "password": hashed}
            # A name that somebody has taken is theirs.
            connection.execute(insert(ACCOUNTS).values(demonstration=True, **values).on_conflict_do_nothing())
    return {name: estates for name, _, estates in wanted}
