from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from plans.proposals import save_submission
from plans.submission import Offer


def test_postcodes_are_loaded_from_a_file(
    call: Callable[..., Any], output: Callable[[Any], str], tmp_path: Path
) -> None:
    """It says how many; a file that is none is refused in a sentence."""
    file = tmp_path / "mk.csv"
    file.write_text("MK6 3AB,10,486500,236500")
    assert output(call("postcodes", "import", file)) == "mk.csv: 1 postcodes.\n"
    file.write_text("a,b")
    assert call("postcodes", "import", file).exit_code == 1


def test_contacts_are_forgotten_by_command(call: Callable[..., Any], output: Callable[[Any], str]) -> None:
    """Those that are old enough, once."""
    from service.commands.terminal import evidence

    assert output(call("forget")) == "0 contacts deleted.\n"
    with evidence() as database:
        offer = Offer(project="P1", what="Dig", name="Bob", phone="01908 691691")
        save_submission(database, offer, "token", "address", datetime(2020, 1, 1, tzinfo=UTC))
    assert output(call("forget")) == "1 contacts deleted.\n"
    assert output(call("forget")) == "0 contacts deleted.\n"
