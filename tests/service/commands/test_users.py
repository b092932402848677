import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from service.commands import main as command_line

PASSWORD = "three random words"
Call = Callable[..., Any]
Output = Callable[[Any], str]


@pytest.fixture
def typed(call: Call) -> Call:
    """Call the command line with a password on its input."""

    def called(*arguments: str, given: str = f"{PASSWORD}\n") -> Any:
        return CliRunner().invoke(command_line.application, [*arguments], input=given)

    return called


def test_accounts_are_added_listed_covered_and_removed(typed: Call, output: Output) -> None:
    """What one reads is what holds."""
    assert output(typed("user", "add", "Ann", "--role", "officer", "--estate", "E01", "--estate", "E02"))
    assert output(typed("user", "add", "bob", "--role", "officer", "--estate", "every"))
    assert output(typed("user", "add", "pat@council.example", "--role", "planner", "--oidc", given=""))
    assert output(typed("user", "add", "adm", "--role", "administrator"))
    assert output(typed("user", "cover", "ann", "--estate", "E05", "--from", "2026-12-01", "--to", "2026-12-14"))
    listed = output(typed("user", "list"))
    assert re.search(r"ann officer E01, E02 E05 from 2026-12-01 to 2026-12-14 password", listed)
    assert re.search(r"bob officer every password", listed)
    assert re.search(r"pat@council.example planner figures only council account", listed)
    assert re.search(r"adm administrator every password", listed)
    assert output(typed("user", "remove", "ANN")) == "ANN may not sign in any more.\n"
    assert "E05" not in output(typed("user", "list"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("user", "add", "ann", "--role", "officer"), "Say which estates with --estate"),
        (("user", "add", "ann", "--role", "planner", "--estate", "E01"), "Only an officer has a patch"),
        (("user", "add", "ann", "--role", "officer", "--estate", "E99"), "There is no estate E99"),
        (("user", "cover", "ann", "--estate", "E01", "--from", "", "--to", ""), "Give the first and the last day"),
        (("user", "cover", "ann", "--estate", "E01", "--from", "x", "--to", "y"), "x is not a day"),
        (("user", "remove", "ann"), "There is no account ann"),
        (("key", "revoke", "planning"), "There is no key planning"),
        (("key", "add", "planning", "--role", "planner", "--layer", "zebra"), "There is no layer zebra"),
        (("key", "add", "planning", "--role", "officer"), "Say which estates"),
        (("log", "--since", "yesterday"), "yesterday is not a day"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(typed: Call, arguments: tuple[str, ...], said: str) -> None:
    """With how it can."""
    assert said in str(typed(*arguments).exception)


@pytest.mark.parametrize("given", ["", "\n", "short\n"])
def test_without_a_password_there_is_no_account(typed: Call, given: str) -> None:
    """An input that ended opens nothing."""
    assert "at least 12 characters" in str(typed("user", "add", "ann", "--role", "planner", given=given).exception)


@pytest.mark.service
def test_on_a_terminal_the_password_is_asked_for_twice_and_not_shown(call: Call, tmp_path: Path) -> None:
    """As on any other."""
    master, slave = pty.openpty()
    program = str(Path(sys.executable).with_name("priorities"))
    command = [program, "user", "add", "ann", "--role", "planner"]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True) as run:
        os.close(slave)
        said = b""
        for prompt in (b"Password: ", b"Repeat for confirmation: "):
            while not said.endswith(prompt):
                said += os.read(master, 1000)
            os.write(master, f"{PASSWORD}\n".encode())
        while b"may sign in" not in said:
            said += os.read(master, 1000)
        assert run.wait(30) == 0
    os.close(master)
    assert PASSWORD.encode() not in said


def test_keys_are_shown_once_listed_and_revoked(typed: Call, output: Output) -> None:
    """The output is the key and nothing else, for a script to keep."""
    added = typed("key", "add", "planning", "--role", "planner", "--layer", "asb", "--expires", "2027-01-01")
    assert re.fullmatch(r"priorities_[\w-]{43}\n", output(added))
    assert output(typed("key", "add", "round", "--role", "officer", "--estate", "E01"))
    listed = output(typed("key", "list"))
    assert re.search(r"planning planner figures only asb 2027-01-01", listed)
    assert re.search(r"round officer E01 every never", listed)
    assert output(added).strip() not in listed
    assert output(typed("key", "revoke", "planning")) == "The key planning does not work any more.\n"
    assert "planning" not in output(typed("key", "list"))


def test_the_log_tells_who_did_what(typed: Call, output: Output) -> None:
    """By record, estate, person and day."""
    from api.settings import settings
    from evidence import Viewer, connect, log_access

    output(typed("user", "add", "ann", "--role", "planner"))
    database = connect(str(settings().database_url), settings().home)
    asked = {"theme": [], "category": ["noise"], "bbox": None, "limit": 100}
    who = Viewer("officer", "ann")
    log_access(database, who, "saw", asked, of_layer="asb", estates=["E01", "E02"], records=["C[1]", "C2"])
    database.close()
    told = output(typed("log", "--record", "C[1]"))
    what = "ann officer saw 2 of asb in E01, E02; limit 100; category noise"
    assert re.search(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d {what}", told)
    assert output(typed("log", "--estate", "E02")) == output(typed("log", "--who", "ann")) == told
    assert "changed access role planner; added ann" in output(typed("log", "--since", "2026-01-01"))
    assert "ann" not in output(typed("log", "--since", "2126-01-01"))
