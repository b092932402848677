"""The database: a PostGIS that is already there, or a private cluster that comes and goes with its users.

Nobody owns the private cluster. Every process that uses it holds a shared lock on its file ``users`` for
as long as it lives; the kernel takes the lock back from a process that is killed. Whoever leaves and
finds that the lock can be made exclusive was the last one, and stops the server. A server that outlived
a killed process is found running by the next one, used, and stopped at its end. Starting and stopping
happen one at a time, under an exclusive lock on the file ``starting``. What a killed server leaves
behind (its pid file, backends that have not noticed) is cleared before the next start. A cluster is made
under another name and renamed when it is complete, so that a broken-off one never counts. The server
listens on a Unix socket in a folder that only its own account can enter, never runs as root, and has a
session of its own: Ctrl-C reaches the program alone, which stops the web server first and then leaves
the cluster.
"""

import fcntl
import logging
import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from api.settings import Settings
from geo.errors import Refused
from service.postgres import NOT_INSTALLED, Server, as_account, connect, make_folder, make_private, short_hash

_LOG = logging.getLogger(__name__)
_SHARED = Path("/var/lib/priorities")


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Lend the URL of the database that the settings name, as its owner.

    Raises
    ------
    Refused
        When ``database_url`` does not answer or cannot have PostGIS, or the private cluster cannot run.
    """
    if settings.database_url:
        _require_postgis(settings.database_url)
        yield settings.database_url
    else:
        with private_cluster(settings.home) as url:
            yield url


@contextmanager
def private_cluster(home: Path) -> Iterator[str]:
    """Lend the URL of the private database under ``home``, as its owner; make and start it where needed.

    The last of its users, in this process or any other, stops the server when it leaves.

    Raises
    ------
    Refused
        When the cluster cannot be made or started, belongs to another account, or needs another PostgreSQL.
    """
    server = _server(home)
    with _lock(server.folder / "users", fcntl.LOCK_SH) as users:
        try:
            with _lock(server.folder / "starting", fcntl.LOCK_EX) as turn:
                server.make(turn)
                server.start()
                server.make_database()
                url = server.url("priorities")
            yield url
        finally:
            with _lock(server.folder / "starting", fcntl.LOCK_EX):
                if _is_alone(users):
                    server.stop()


def _server(home: Path) -> Server:
    """Give the server of ``home``, and make the folder that it lives in."""
    folder = home.resolve() / "cluster"
    account = _account(folder)
    make_folder(home)
    if account and not _can_enter(account, home):
        folder = _SHARED / short_hash(home.resolve())
        make_folder(_SHARED)
        _SHARED.chmod(0o711)  # root's umask may have closed it
        _LOG.warning("PostgreSQL's account cannot enter %s: the database is kept in %s.", home, folder)
    make_private(folder, account)
    return Server(folder, account)


@contextmanager
def _lock(path: Path, kind: int) -> Iterator[int]:
    """Hold a lock of that kind on the file, waiting for it; killed or not, it ends with the process."""
    handle = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, kind)
        yield handle
    finally:
        os.close(handle)


def _is_alone(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _account(folder: Path) -> pwd.struct_passwd | None:
    """Whom root runs the server as: whoever the cluster belongs to already, or Debian's account for it."""
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid if folder.exists() else 0
    try:
        return pwd.getpwuid(owner) if owner else pwd.getpwnam("postgres")
    except KeyError:
        raise Refused(NOT_INSTALLED) from None


def _can_enter(account: pwd.struct_passwd, folder: Path) -> bool:
    # Asked of the kernel, as that account: mode bits alone say nothing of access lists and mounts.
    return not subprocess.run(["test", "-x", folder], check=False, cwd="/", **as_account(account)).returncode


def _require_postgis(url: str) -> None:
    """Refuse a database that does not answer, or has no PostGIS and cannot have it."""
    try:
        with connect(url) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    except psycopg.OperationalError as error:
        raise Refused(f"The database of PRIORITIES_DATABASE_URL does not answer: {error}") from None
    except psycopg.Error as error:
        raise Refused(
            f"The database of PRIORITIES_DATABASE_URL has no PostGIS, and it cannot be added ({error}):"
            " have its administrator install PostGIS there and run CREATE EXTENSION postgis."
        ) from None
