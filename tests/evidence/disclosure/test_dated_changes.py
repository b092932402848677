from datetime import date
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from evidence import ChangedPart, DatedChange, DatedChanges, read_dated_changes
from geo.errors import Refused

GOOD = """[[change]]
who = "Ann"
when = 2026-01-05
why = "Because"
size = {metres = 3}
"""


class Size(ChangedPart):
    """What a council can change here."""

    metres: Annotated[int, Field(ge=2, le=8, strict=True)]


class SizeChange(DatedChange):
    """The size from a day on."""

    size: Size


class Sizes(DatedChanges):
    """Every change."""

    change: tuple[SizeChange, ...]


def read(folder: Path, own: str | None = None) -> Sizes:
    """Read the council's own file, or the shipped one."""
    shipped, home = folder / "size.toml", folder / "home"
    shipped.write_text(GOOD)
    home.mkdir()
    if own is not None:
        (home / "size.toml").write_text(own)
    return read_dated_changes(
        home, shipped, Sizes, lambda found: "too odd" if found.change[-1].size.metres == 7 else ""
    )


def test_the_councils_own_file_is_read_whole_instead_of_the_shipped_one(tmp_path: Path) -> None:
    """All its changes, oldest first."""
    later = GOOD.replace("metres = 3", "metres = 5").replace("2026-01-05", "2026-02-01")
    found = read(tmp_path, GOOD + later)
    assert [(each.who, each.when, each.size.metres) for each in found.change] == [
        ("Ann", date(2026, 1, 5), 3),
        ("Ann", date(2026, 2, 1), 5),
    ]


def test_without_one_the_shipped_file_holds(tmp_path: Path) -> None:
    """As it is."""
    assert read(tmp_path).change[-1].size.metres == 3


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("change = []", "there is no [[change]] with who, when, why and [change.size]."),
        (GOOD.replace("metres = 3", "metres = 1"), "change 1, size, metres: 1 is less than 2."),
        (GOOD.replace("metres = 3", "metres = 9"), "change 1, size, metres: 9 is more than 8."),
        (
            GOOD.replace("metres = 3", "metre = 3"),
            "change 1, size, metres: is missing; change 1, size, metre: is not known, but metres.",
        ),
        (GOOD.replace("metres = 3", "metres = 7"), "too odd."),
        (
            GOOD + GOOD.replace("2026-01-05", "2025-01-05"),
            "change 2, when: 2025-01-05 is before 2026-01-05, the change above it.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_the_change_and_the_field(tmp_path: Path, own: str, said: str) -> None:
    """In a sentence that names the file."""
    with pytest.raises(Refused) as refused:
        read(tmp_path, own)
    assert str(refused.value) == f"{tmp_path / 'home' / 'size.toml'}: {said}"
