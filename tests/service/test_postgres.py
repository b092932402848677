import os
import pwd
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from geo.errors import Refused
from service.cluster import private_cluster
from service.postgres import connect, make_private


def kill_server(home: Path) -> None:
    """Kill the server's main process as a machine short of memory would, leaving its backends alone."""
    file = home / "cluster" / "data" / "postmaster.pid"
    os.kill(int(file.read_text().splitlines()[0]), signal.SIGKILL)


def be_busy(connection: psycopg.Connection) -> None:
    """Run a query that would take hours, until the connection breaks."""
    with suppress(psycopg.OperationalError):
        connection.execute("SELECT count(*) FROM generate_series(1, 1e12::bigint)")


def test_a_killed_server_recovers_what_was_committed(home: Path) -> None:
    """After kill -9 of the server the next start brings it back with its rows."""
    with private_cluster(home) as url:
        with connect(url) as connection:
            connection.execute("CREATE TABLE committed AS SELECT 42 AS number")
        kill_server(home)
    with private_cluster(home) as url, connect(url) as connection:
        assert connection.execute("SELECT number FROM committed").fetchone() == (42,)


def test_a_busy_backend_of_a_killed_server_does_not_keep_the_next_from_starting(home: Path) -> None:
    """A backend deep in a query does not notice the death of its server, and is ended."""
    with private_cluster(home) as url:
        busy = threading.Thread(target=be_busy, args=[connect(url)])
        busy.start()
        time.sleep(0.2)
        kill_server(home)
    with private_cluster(home) as url, connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'").fetchone() == (1,)
    busy.join(5)
    assert not busy.is_alive()


def test_a_pid_file_that_names_somebody_else_is_no_obstacle(home: Path) -> None:
    """After a restart of the machine the server's old number may be any other process's, here ours."""
    with private_cluster(home):
        kill_server(home)
    file = home / "cluster" / "data" / "postmaster.pid"
    file.write_text("\n".join([str(os.getpid()), *file.read_text().splitlines()[1:]]) + "\n")
    with private_cluster(home) as url, connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_cluster_broken_off_in_the_making_is_made_again(
    new_home: Path, hold: Callable[[Path], "subprocess.Popen[str]"]
) -> None:
    """To kill -9 in the middle of initdb leaves nothing that the next start takes for a cluster."""
    half_made = new_home / "cluster" / "data.new" / "base"
    maker = hold(new_home)
    while not half_made.exists():
        time.sleep(0.01)
    maker.kill()
    assert not (new_home / "cluster" / "data").exists()
    with private_cluster(new_home) as url, connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not half_made.exists()


def test_a_path_too_long_for_a_socket_has_it_elsewhere(new_home: Path) -> None:
    """The kernel takes 107 bytes; the data stays where it was asked for."""
    home = new_home / ("x" * 100)
    with private_cluster(home) as url, connect(url) as connection:
        data = connection.execute("SHOW data_directory").fetchone()
    assert data == (str(home / "cluster" / "data"),)
    socket = Path(str(make_url(url).query["host"]))
    assert len(str(socket)) < 90
    assert socket.stat().st_mode & 0o077 == 0
    socket.rmdir()


def test_a_persons_environment_does_not_change_the_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own variables are for other servers."""
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGDATA", "/nowhere")
    with private_cluster(home) as url, connect(url) as connection:
        assert connection.execute("SHOW port").fetchone() == ("5432",)


def test_a_server_that_does_not_start_says_why(home: Path) -> None:
    """The sentence ends with the last words of the log."""
    with private_cluster(home):
        pass
    settings = home / "cluster" / "data" / "postgresql.auto.conf"
    before = settings.read_text()
    settings.write_text("no_such_setting = 1\n")
    with pytest.raises(Refused, match=r"(?s)does not start.*no_such_setting"), private_cluster(home):
        pass
    settings.write_text(before)


def test_a_cluster_of_another_postgresql_is_refused(new_home: Path) -> None:
    """After an upgrade of the machine the sentence names the package that is missing."""
    data = new_home / "cluster" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(Refused, match=r"install postgresql-9\.6-postgis-3"), private_cluster(new_home):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_account_is_refused(new_home: Path) -> None:
    """Whoever made a folder of our name first, in a place open to all, does not get our socket."""
    os.chown(new_home, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(Refused, match="belongs to another account"):
        make_private(new_home, pwd.getpwnam("postgres"))
