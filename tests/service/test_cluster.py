import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from api.settings import Settings
from geo.errors import Refused
from service.cluster import database, private_cluster
from service.postgres import connect

Hold = Callable[[Path], "subprocess.Popen[str]"]


def server_of(home: Path) -> int | None:
    """Give the process id of the server of a home, if it has one."""
    file = home / "cluster" / "data" / "postmaster.pid"
    return int(file.read_text().splitlines()[0]) if file.exists() else None


def answer(url: str, question: str) -> object:
    """Ask the database one question that has one answer."""
    with connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


def line_of(process: "subprocess.Popen[str]") -> str:
    """Read the next line that a process writes."""
    assert process.stdout
    return process.stdout.readline().strip()


def test_the_first_start_makes_a_postgis_and_the_end_stops_it(home: Path) -> None:
    """A home without anything gets a database with PostGIS, which is gone after its only user."""
    with private_cluster(home) as url:
        assert str(answer(url, "SELECT postgis_version()")).startswith("3.")
        assert make_url(url).database == "priorities"
    assert server_of(home) is None


def test_a_later_start_finds_what_was_kept(home: Path) -> None:
    """Rows written in one start are there in the next."""
    with private_cluster(home) as url, connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    with private_cluster(home) as url:
        assert answer(url, "SELECT number FROM kept") == 42


def test_only_its_own_account_reaches_the_server(home: Path) -> None:
    """The server is not root's, listens on no network, and its folder is closed to others."""
    with private_cluster(home) as url:
        process = server_of(home)
        assert process
        assert Path("/proc", str(process)).stat().st_uid != 0
        assert answer(url, "SHOW listen_addresses") == ""
        assert (home / "cluster").stat().st_mode & 0o077 == 0


def test_the_last_of_two_users_stops_the_server(home: Path, hold: Hold) -> None:
    """Another process that leaves first leaves the server to us."""
    with private_cluster(home) as url:
        other = hold(home)
        assert line_of(other) == url
        other.communicate()
        assert answer(url, "SELECT 1") == 1
    assert server_of(home) is None


def test_the_first_of_two_users_leaves_the_server_running(home: Path, hold: Hold) -> None:
    """When we leave first, the other process still has its database, and stops it at its own end."""
    other = hold(home)
    url = line_of(other)
    with private_cluster(home):
        pass
    assert answer(url, "SELECT 1") == 1
    other.communicate()
    assert server_of(home) is None


def test_processes_that_start_at_once_share_one_server(new_home: Path, hold: Hold) -> None:
    """Two first starts in the same moment make one cluster between them."""
    processes = [hold(new_home), hold(new_home)]
    first, second = [line_of(process) for process in processes]
    assert first == second
    assert answer(first, "SELECT 1") == 1


def test_a_server_whose_user_was_killed_is_used_again_and_stopped(home: Path, hold: Hold) -> None:
    """After kill -9 of the only user its server runs on, until the next user leaves it."""
    killed = hold(home)
    line_of(killed)
    orphan = server_of(home)
    killed.kill()
    killed.wait()
    with private_cluster(home) as url:
        assert server_of(home) == orphan
        assert answer(url, "SELECT 1") == 1
    assert server_of(home) is None


def test_ctrl_c_reaches_the_program_and_not_its_server(home: Path, hold: Hold) -> None:
    """An interrupt of the whole process group leaves the program its database until it has finished."""
    program = hold(home)
    line_of(program)
    os.killpg(program.pid, signal.SIGINT)
    assert line_of(program) == "answered 1"
    assert program.wait() == 0
    assert server_of(home) is None


def test_two_homes_run_side_by_side(home: Path, new_home: Path) -> None:
    """Each home has a server and data of its own."""
    with private_cluster(home) as one, private_cluster(new_home) as other:
        assert server_of(home) != server_of(new_home)
        assert answer(one, "SHOW data_directory") == str(home / "cluster" / "data")
        assert answer(other, "SHOW data_directory") == str(new_home / "cluster" / "data")


def test_a_given_database_is_used_and_nothing_started(database_url: str, new_home: Path) -> None:
    """With a URL in the settings no cluster comes to be in the home."""
    with database(Settings(home=new_home, database_url=database_url)) as url:
        assert url == database_url
    assert list(new_home.iterdir()) == []


def test_without_a_given_database_the_private_one_is_used(home: Path) -> None:
    """The settings' home is where the cluster is."""
    with database(Settings(home=home)) as url:
        assert answer(url, "SHOW data_directory") == str(home / "cluster" / "data")


def test_a_given_database_that_does_not_answer_is_refused(new_home: Path) -> None:
    """A URL that leads nowhere is said to, before anything else happens."""
    url = make_url("postgresql://nobody@/nothing").update_query_dict({"host": str(new_home)})
    settings = Settings(database_url=url.render_as_string())
    with pytest.raises(Refused, match="does not answer"), database(settings):
        pass


def test_a_given_database_that_cannot_have_postgis_is_refused(database_url: str) -> None:
    """A user who may not add PostGIS is told whom to ask."""
    with connect(database_url) as connection:
        connection.execute("DROP EXTENSION postgis")
        connection.execute("DROP ROLE IF EXISTS mere_user")
        connection.execute("CREATE ROLE mere_user LOGIN")
    url = make_url(database_url).set(username="mere_user").render_as_string()
    with pytest.raises(Refused, match="administrator"), database(Settings(database_url=url)):
        pass


@contextmanager
def closed_folder(around: Path) -> Iterator[Path]:
    """Lend a folder that only root can enter, and remove what was kept elsewhere for its sake."""
    before = set(Path("/var/lib/priorities").glob("*"))
    around.chmod(0o700)
    yield around
    for made in set(Path("/var/lib/priorities").glob("*")) - before:
        shutil.rmtree(made)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
def test_a_home_that_the_server_cannot_enter_has_its_cluster_elsewhere(
    new_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A checkout in root's own folder works all the same, and one line says where the data is."""
    with closed_folder(new_home) as home, private_cluster(home) as url:
        data = str(answer(url, "SHOW data_directory"))
    assert data.startswith("/var/lib/priorities/")
    assert [str(Path(data).parent) in message for message in caplog.messages] == [True]


def test_a_home_that_cannot_be_made_is_refused(new_home: Path) -> None:
    """A home below a file is answered with a sentence that names the setting."""
    (new_home / "file").touch()
    with pytest.raises(Refused, match="PRIORITIES_HOME"), private_cluster(new_home / "file" / "home"):
        pass
