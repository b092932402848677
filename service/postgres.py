"""One PostgreSQL server with its data, log and socket in a folder of its own: made, started, stopped."""

import hashlib
import logging
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL

from geo.errors import Refused

NOT_INSTALLED = "PostgreSQL with PostGIS is not installed: install Debian's package postgresql-15-postgis-3."

_LOG = logging.getLogger(__name__)
_SOCKET_LIMIT = 90  # bytes; the kernel takes 107, and the socket's own name needs 18 of them
_RECOVERY = 300  # seconds; after a crash the server replays up to max_wal_size before it answers
_SERVER_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",  # said on both sides, or PGPORT in a person's environment would change one
    "shared_buffers": "256MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    # Nobody copies this server's log: what is loaded into a new or emptied table is then written once, not twice.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Tiles are many short queries: compiling or parallelising each costs more than it saves.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that keeps everything in one folder, which belongs to the account it runs as."""

    folder: Path
    account: pwd.struct_passwd | None
    """Whom root runs the server as; none when we are not root and run it as ourselves."""

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "data"

    def url(self, name: str) -> str:
        """Say where a running server's database of that name answers, as the owner of all."""
        socket = {"host": self._pid_file()[4], "port": _SERVER_SETTINGS["port"]}
        url = URL.create("postgresql+psycopg", "priorities", database=name, query=socket)
        return url.render_as_string(hide_password=False)

    def make(self, turn: int) -> None:
        """Make the data directory when there is none."""
        if self.data.exists():
            return
        _LOG.info("Making the private database in %s.", self.folder)
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        access = ["--username=priorities", "--auth-local=trust", "--auth-host=reject"]
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--lc-collate=C", "--data-checksums", f"--pgdata={new}"]
        # initdb holds our turn, too: if we are killed, the next process waits until it has ended.
        if not self._run("initdb", *access, *options, keep_open=[turn]):
            raise Refused(f"The private database cannot be made in {self.folder}. {self._last_words()}")
        new.rename(self.data)

    def start(self) -> None:
        """Start the server unless it runs, and wait until it answers."""
        settings = {**_SERVER_SETTINGS, "unix_socket_directories": f'"{self._socket_folder()}"'}
        options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        # Once more, since a server that somebody just killed had launched can be in the way of the first.
        for _ in range(3):
            if not self._runs():
                self._clear_remains()
                self._control("start", "-o", options)
            _wait_until(lambda: self._is_ready() or not self._runs(), _RECOVERY)
            if self._runs() and self._is_ready():
                return
        raise Refused(f"The private database in {self.folder} does not start. {self._last_words()}")

    def make_database(self) -> None:
        """Make the database and its PostGIS where they are missing."""
        with connect(self.url("postgres")) as connection:
            if not connection.execute("SELECT FROM pg_database WHERE datname = 'priorities'").rowcount:
                connection.execute("CREATE DATABASE priorities")
        with connect(self.url("priorities")) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")

    def stop(self) -> None:
        """Stop the server if it runs, whoever is connected."""
        if self._runs():
            self._control("stop", "--mode=fast")

    def _control(self, action: str, *options: str) -> bool:
        data = f"--pgdata={self.data}"
        return self._run("pg_ctl", action, data, "--wait", f"--timeout={_RECOVERY}", "--silent", *options)

    def _run(self, program: str, *arguments: str, keep_open: Sequence[int] = ()) -> bool:
        """Run one of PostgreSQL's programs, its words going to the log, and say whether it succeeded."""
        with (self.folder / "log").open("ab") as log:
            if self.account:
                os.chown(log.fileno(), self.account.pw_uid, self.account.pw_gid)
            # Not the person's environment: PGOPTIONS, PGDATA and their like would change what these do.
            environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
            ended = subprocess.run(
                [_programs(self.data) / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment,
                start_new_session=True,
                pass_fds=keep_open,
                **as_account(self.account),
            )
        return ended.returncode == 0

    def _socket_folder(self) -> Path:
        if len(os.fsencode(self.folder)) < _SOCKET_LIMIT:
            return self.folder
        short = Path(tempfile.gettempdir()) / f"priorities-{short_hash(self.folder)}"
        make_private(short, self.account)
        return short

    def _pid_file(self) -> list[str]:
        """What the server says of itself: pid, data, time, port, socket folder, address, memory, state."""
        with suppress(FileNotFoundError):
            return (self.data / "postmaster.pid").read_text().splitlines()
        return []

    def _runs(self) -> bool:
        """Whether the pid file's process is this server; after a crash its number may be somebody else's."""
        return any(_is_server_of(self.data, Path("/proc", pid)) for pid in self._pid_file()[:1])

    def _is_ready(self) -> bool:
        return [state.strip() for state in self._pid_file()[7:8]] == ["ready"]

    def _clear_remains(self) -> None:
        """End the backends of a killed server, which keep its memory, and remove its pid files."""
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)
        _wait_until(lambda: not self._processes(), 10)
        for left in (self.data / "postmaster.pid", self._socket_folder() / ".s.PGSQL.5432.lock"):
            left.unlink(missing_ok=True)

    def _processes(self) -> list[Path]:
        return [process for process in Path("/proc").glob("[0-9]*") if _is_server_of(self.data, process)]

    def _last_words(self) -> str:
        log = self.folder / "log"
        lines = log.read_text(errors="replace").splitlines()[-5:]
        return "\n  ".join([f"The end of its log, {log}, says why:", *lines])


def as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Give subprocess the arguments that run a program as the account."""
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, or refuse with the reason why not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"The folder {folder} cannot be made ({error.strerror}): name another one in PRIORITIES_HOME."
        ) from None


def make_private(folder: Path, account: pwd.struct_passwd | None) -> None:
    """Make a folder that only the account can enter, and make sure that it is one."""
    make_folder(folder)
    owner = account.pw_uid if account else os.geteuid()
    if account and folder.lstat().st_uid == 0:
        os.chown(folder, account.pw_uid, account.pw_gid, follow_symlinks=False)
    if folder.lstat().st_uid != owner:
        raise Refused(
            f"The folder {folder} belongs to another account: run this as that one or as root,"
            " or name another folder in PRIORITIES_HOME."
        )
    folder.chmod(0o700)


def _programs(data: Path) -> Path:
    """The folder of the programs that made the data, or of the newest ones that have PostGIS."""
    version_file = data / "PG_VERSION"
    made_by = version_file.read_text().strip() if version_file.exists() else "*"
    controls = Path("/usr/share/postgresql").glob(f"{made_by}/extension/postgis.control")
    versions = sorted((control.parent.parent.name for control in controls), key=float)
    if versions:
        return Path("/usr/lib/postgresql", versions[-1], "bin")
    if made_by == "*":
        raise Refused(NOT_INSTALLED)
    raise Refused(
        f"The private database in {data} was made by PostgreSQL {made_by}, which is not here now:"
        f" install postgresql-{made_by}-postgis-3, or move that folder away to begin with an empty one."
    )


def _is_server_of(data: Path, process: Path) -> bool:
    """Whether a process, given by its folder in /proc, is a PostgreSQL server process on the data."""
    with suppress(OSError):  # it has ended, or is not ours to look at and so not our server
        return (process / "comm").read_text() == "postgres\n" and (process / "cwd").samefile(data)
    return False


def _wait_until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def short_hash(path: Path) -> str:
    """Give a short name that stands for the path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def connect(url: str) -> psycopg.Connection:
    """Connect to the database of an SQLAlchemy URL, each statement its own transaction."""
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True, connect_timeout=10)
