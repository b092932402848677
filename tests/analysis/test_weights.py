from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from analysis.weights import PARTS, weights
from geo.errors import Refused

GOOD = """
[[change]]
who = "Cabinet member for housing"
when = 2026-01-05
why = "Adopted with the housing strategy"
[change.weights]
voice = 3
record = 1.5
severity = 0
trend = 1
satisfaction = 1
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a council's own weights, and give the folder that they are in."""

    def write_weights(text: str) -> Path:
        (tmp_path / "weights.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write_weights


def test_the_shipped_weights_hold_where_there_are_no_others(tmp_path: Path) -> None:
    """One change, which says who made it and why; every part has a weight."""
    shipped = weights(tmp_path)
    assert tuple(shipped.now) == PARTS == ("voice", "record", "severity", "trend", "satisfaction")
    assert len(shipped.changes) == 1
    assert all(weight > 0 for weight in shipped.now.values())
    assert shipped.changes[0].who and shipped.changes[0].why


def test_a_council_has_its_own(write: Write) -> None:
    """Read whole, instead of the shipped ones."""
    own = weights(write(GOOD))
    assert own.now == {"voice": 3, "record": 1.5, "severity": 0, "trend": 1, "satisfaction": 1}
    (change,) = own.changes
    assert (change.who, change.when) == ("Cabinet member for housing", date(2026, 1, 5))
    assert change.why == "Adopted with the housing strategy"


def test_the_last_change_holds_and_the_others_stay(write: Write) -> None:
    """In their order; two of a day are allowed."""
    later = GOOD.replace("voice = 3", "voice = 2")
    own = weights(write(GOOD + later + later.replace("2026-01-05", "2026-03-01").replace("voice = 2", "voice = 4")))
    assert own.now["voice"] == 4
    assert [change.weights.voice for change in own.changes] == [3, 2, 4]


BAD = {
    "": "[[change]] with who, when, why and [change.weights]: is missing.",
    "change = []": "there is no [[change]] with who, when, why and [change.weights].",
    "change = 1": "[[change]] with who, when, why and [change.weights]: is empty or of the wrong kind.",
    "change = [1]": "change 1: is empty or of the wrong kind.",
    GOOD.replace("voice = 3", ""): "change 1, weights, voice: is missing.",
    GOOD + "noise = 1": "change 1, weights, noise: is not known, but voice, record, severity, trend, satisfaction.",
    GOOD + GOOD + "[more]\nx = 1": "more: is not known, but change.",
    GOOD.replace("why =", "because ="): "change 1, why: is missing; "
    "change 1, because: is not known, but who, when, why, weights.",
    GOOD + GOOD.replace("voice = 3", "voice = -3"): "change 2, weights, voice: -3 is less than 0.",
    GOOD.replace("voice = 3", "voice = '3'"): "change 1, weights, voice: is not a number.",
    GOOD.replace("voice = 3", "voice = true"): "change 1, weights, voice: is not a number.",
    GOOD.replace("voice = 3", "voice = nan"): "change 1, weights, voice: is not a number.",
    GOOD.replace("voice = 3", "voice = inf"): "change 1, weights, voice: is not a number.",
    GOOD.replace('"Cabinet member for housing"', '"  "'): "change 1, who: is empty or of the wrong kind.",
    GOOD.replace('"Adopted with the housing strategy"', "5"): "change 1, why: is empty or of the wrong kind.",
    GOOD.replace("2026-01-05", "'last spring'"): "change 1, when: is not a date, as in 2026-01-31.",
    GOOD + GOOD.replace("2026-01-05", "2026-01-04"): "change 2, when: 2026-01-04 is before 2026-01-05, the change "
    "above it.",
    GOOD
    + GOOD.replace("= 3", "= 0").replace("= 1.5", "= 0").replace("= 1\n", "= 0\n"): "change 2, weights: all are 0, "
    "so nothing would count.",
}


@pytest.mark.parametrize(("text", "said"), BAD.items())
def test_a_wrong_file_is_refused(write: Write, text: str, said: str) -> None:
    """With the file, the change and the field."""
    home = write(text)
    with pytest.raises(Refused) as refused:
        weights(home)
    assert str(refused.value) == f"{home / 'weights.toml'}: {said}"


def test_what_is_no_toml_is_refused(write: Write, tmp_path: Path) -> None:
    """With the line, where the parser knows it; and so are bytes that are no text, and what is no file."""
    with pytest.raises(Refused, match=r"weights.toml cannot be read: .*line 2"):
        weights(write("[[change]]\nwho = \n"))
    (tmp_path / "weights.toml").write_bytes(b"who = '\xff'")
    with pytest.raises(Refused, match=r"weights.toml cannot be read: "):
        weights(tmp_path)
    (tmp_path / "weights.toml").unlink()
    (tmp_path / "weights.toml").mkdir()
    with pytest.raises(Refused, match=r"weights.toml cannot be read: "):
        weights(tmp_path)
