"""How much each part of the evidence weighs: a small file that a council can change, with who, when and why."""

import tomllib
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from geo.errors import Refused

FILE = "weights.toml"
_SHIPPED = Path(__file__).with_name(FILE)
_EXAMPLE = "[[change]] with who, when, why and [change.weights]"

Weight = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Parts(_Part):
    """What a score is made of, each with its weight; only their proportions matter."""

    voice: Weight = Field(description="what residents say")
    record: Weight = Field(description="what is recorded")
    severity: Weight = Field(description="how much of that is severe")
    trend: Weight = Field(description="how it has changed")
    satisfaction: Weight = Field(description="how many are dissatisfied")


WORDS = {name: str(field.description) for name, field in Parts.model_fields.items()}
"""What each part is, in words; satisfaction is known only where a survey is loaded."""

PARTS = tuple(WORDS)
"""The names of the parts, in order."""


class Change(_Part):
    """The weights from a day on."""

    who: Words
    when: date
    why: Words
    weights: Parts


class Weights(_Part):
    """Every change of the weights, oldest first."""

    change: tuple[Change, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """Who changed the weights, when and why, oldest first; never empty."""
        return self.change

    @property
    def now(self) -> Mapping[str, float]:
        """The weights that hold, by part, in the order of PARTS."""
        return self.change[-1].weights.model_dump()


def weights(home: Path) -> Weights:
    """Read the council's weights, or the shipped ones where it has none of its own.

    Parameters
    ----------
    home
        The service's folder. A weights.toml in it is read whole, instead of the shipped one.

    Raises
    ------
    Refused
        The file cannot be read; a change lacks who, when, why or a weight; a weight is unknown, negative or no number;
        all of a change are 0; or a change is dated before the one above it.
    """
    own = home / FILE
    path = own if own.exists() else _SHIPPED
    try:
        read = Weights.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise Refused(f"{path}: {'; '.join(map(_said, error.errors()))}.") from error
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {error}.") from error
    _check(path, read.changes)
    return read


def _check(path: Path, changes: tuple[Change, ...]) -> None:
    if not changes:
        raise Refused(f"{path}: there is no {_EXAMPLE}.")
    for number, change in enumerate(changes, start=1):
        if not any(change.weights.model_dump().values()):
            raise Refused(f"{path}: change {number}, weights: all are 0, so nothing would count.")
    for number, (before, after) in enumerate(pairwise(changes), start=2):
        if after.when < before.when:
            raise Refused(f"{path}: change {number}, when: {after.when} is before {before.when}, the change above it.")


def _said(error: ErrorDetails) -> str:
    """What is wrong with a file, in words: "change 2, weights, voice: is missing"."""
    names = [f"change {each + 1}" if isinstance(each, int) else each for each in error["loc"] if each != "change"]
    reasons = {
        "missing": "is missing",
        "extra": f"is not known, but {', '.join(_known(names))}",
        "greater": f"{error['input']} is negative",
        "float": "is not a number",
        "finite": "is not a number",
        "date": "is not a date, as in 2026-01-31",
    }
    reason = reasons.get(error["type"].split("_")[0], "is empty or of the wrong kind")
    return f"{', '.join(names) or _EXAMPLE}: {reason}"


def _known(names: list[str]) -> tuple[str, ...]:
    """The names in the table of the file that this name is in."""
    return tuple((Weights, Change, Parts)[min(len(names) - 1, 2)].model_fields)
