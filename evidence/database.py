"""The database as four roles see it: its owner, officers, whoever counts, and the public."""

import getpass
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from sqlalchemy import Connection, Engine, MetaData, create_engine, func, make_url, select

from evidence.cache import Cache
from geo.errors import Refused

Role = Literal["public", "planner", "officer", "administrator"]
DatabaseRole = Literal["public", "analyst", "officer"]

PLANS = MetaData(schema="plans")
"""What people decide and the service writes: its tables stand where they are used."""

PATCH = "priorities.estates"
"""The setting that tells the database whose records a transaction may read: an array of estate codes, or EVERY."""

EVERY = "*"
"""Every estate, and rows that are in none. No array of PostgreSQL is written so."""


@dataclass(frozen=True)
class Viewer:
    """Who is looking. Every function of the front door asks.

    The public sees what is published; a planner figures of every estate besides; an officer single records too, of
    the patch; an administrator those of every estate.
    """

    role: Role
    name: str = ""
    estates: frozenset[str] | None = frozenset()
    """The patch of an officer, with what is covered for others; None is every estate, and what is in none."""
    layers: frozenset[str] | None = None
    """The layers that an API key is for; None is every layer."""
    by_key: bool = False
    """A program that takes data away, and not a person who looks."""

    @property
    def patch(self) -> frozenset[str] | None:
        """The estates whose single records may be seen; None is every estate, and what is in none."""
        if self.role == "administrator":
            return None
        return self.estates if self.role == "officer" else frozenset()

    @property
    def look(self) -> Literal["saw", "exported"]:
        """What the log calls it when single records are shown."""
        return "exported" if self.by_key else "saw"

    @property
    def decides(self) -> bool:
        """Who answers residents, and sees what they sent: officers and administrators."""
        return self.role in ("officer", "administrator")

    def covers(self, estate: str) -> bool:
        """Whether an estate, or where the code is empty all of them, is in the patch."""
        return self.patch is None or estate in self.patch

    @property
    def reader(self) -> Literal["public", "analyst"]:
        """The role by which the database counts for the viewer."""
        return "public" if self.role == "public" else "analyst"


PUBLIC = Viewer("public")


class NotVisible(Exception):
    """The viewer may not see this, nor learn whether it is there."""


@dataclass(frozen=True)
class Database:
    """One engine for each role.

    The public engine can read `published` and nothing else; the officers' engine single records, those of the patch
    that a transaction names; the analyst's engine all evidence, from which no record goes to anybody.
    """

    owner: Engine
    public: Engine
    analyst: Engine
    officer: Engine
    cache: Cache = field(default_factory=Cache, repr=False)
    """What was read and has not changed since."""

    def reader(self, viewer: Viewer) -> Engine:
        """The engine that counts what the viewer may see counted."""
        return {"public": self.public, "analyst": self.analyst}[viewer.reader]

    @contextmanager
    def of_patch(self, viewer: Viewer) -> Iterator[Connection]:
        """A connection that reads the single records of the viewer's patch and, in all tables, no others."""
        with self.officer.connect() as connection:
            # Of this transaction: the next to use the connection begins with nothing.
            connection.execute(select(func.set_config(PATCH, _patch_setting(viewer.patch), True)))
            yield connection

    def close(self) -> None:
        """Give back every connection."""
        for engine in (self.owner, self.officer, self.analyst, self.public):
            engine.dispose()


def _patch_setting(patch: frozenset[str] | None) -> str:
    if patch is None:
        return EVERY
    quoted = (code.replace("\\", r"\\").replace('"', r"\"") for code in sorted(patch))
    return "{" + ",".join(f'"{code}"' for code in quoted) + "}"


_LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL."""


def role_name(engine: Engine, role: DatabaseRole) -> str:
    """The database role's name. It carries the database's, because roles are shared by a whole server."""
    name = f"{engine.url.database}_{role}"
    if len(name.encode()) > _LONGEST_NAME:
        # PostgreSQL would cut the roles' names short, to the same role.
        raise Refused(f"The database's name {engine.url.database} is too long: give it one of at most 55 letters.")
    return name


def connect(url: str, home: Path) -> Database:
    """Engines for the roles of a database.

    Parameters
    ----------
    url
        Address of the database as its owner.
    home
        Folder that keeps the key from which the reading roles' passwords are made.

    Raises
    ------
    Refused
        The address is not one of a PostgreSQL database.
    """
    try:
        address = make_url(url).set(drivername="postgresql+psycopg")
    except Exception as error:
        raise Refused("The database address must look like postgresql://user:password@host/database.") from error
    owner = create_engine(address, pool_pre_ping=True)
    public, analyst, officer = (_engine_as(owner, role, home) for role in get_args(DatabaseRole))
    return Database(owner, public=public, analyst=analyst, officer=officer)


def _engine_as(owner: Engine, role: DatabaseRole, home: Path) -> Engine:
    address = owner.url.set(username=role_name(owner, role), password=password(owner, role, home))
    return create_engine(address, pool_pre_ping=True)


def password(engine: Engine, role: DatabaseRole, home: Path) -> str:
    """The password of a reading role: the same at every start, different for every home."""
    return hmac.digest(_key(home), role_name(engine, role).encode(), "sha256").hex()


def secret(home: Path, purpose: str) -> bytes:
    """A key of the service for a purpose: the same at every start, different for every home."""
    return hmac.digest(_key(home), purpose.encode(), "sha256")


def _key(home: Path) -> bytes:
    file = home / "key"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        fresh = home / f"key.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(32))
        # A link is refused where another process was first, so both end with one key.
        try:
            file.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_bytes()


def user() -> str:
    """Who does this: the user of the operating system."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # An account that the machine has no name for, as in a container.
        return str(os.getuid())
