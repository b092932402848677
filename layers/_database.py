"""The database as three roles see it: its owner, officers, and the public."""

import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, create_engine, make_url

from geo.errors import Refused

Role = Literal["public", "officer"]


@dataclass(frozen=True)
class Asker:
    """Who is looking. Every function of the front door asks."""

    role: Role
    name: str = ""


PUBLIC = Asker("public")


class NotVisible(Exception):
    """The asker may not see this, nor learn whether it is there."""


@dataclass(frozen=True)
class Database:
    """One engine for each role; the public engine can read `published` and nothing else."""

    owner: Engine
    public: Engine
    officer: Engine
    kept: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What was read and has not changed since."""

    def reader(self, asker: Asker) -> Engine:
        """The engine that sees what the asker may see."""
        return {"public": self.public, "officer": self.officer}[asker.role]

    def close(self) -> None:
        """Give back every connection."""
        for engine in (self.owner, self.officer, self.public):
            engine.dispose()


_LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL."""


def role_name(engine: Engine, role: Role) -> str:
    """The database role's name. It carries the database's, because roles are shared by a whole server."""
    name = f"{engine.url.database}_{role}"
    if len(name.encode()) > _LONGEST_NAME:
        # PostgreSQL would cut both roles' names short, to the same role.
        raise Refused(f"The database's name {engine.url.database} is too long: give it one of at most 55 letters.")
    return name


def connect(url: str, home: Path) -> Database:
    """Engines for the three roles of a database.

    Parameters
    ----------
    url
        Address of the database as its owner.
    home
        Folder that keeps the key from which the two reading roles' passwords are made.

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
    return Database(owner, public=_engine_as(owner, "public", home), officer=_engine_as(owner, "officer", home))


def _engine_as(owner: Engine, role: Role, home: Path) -> Engine:
    address = owner.url.set(username=role_name(owner, role), password=password(owner, role, home))
    return create_engine(address, pool_pre_ping=True)


def password(engine: Engine, role: Role, home: Path) -> str:
    """The password of a reading role: the same at every start, different for every home."""
    return hmac.digest(_key(home), role_name(engine, role).encode(), "sha256").hex()


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
