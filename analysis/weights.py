"""How much each part of the evidence weighs: a small file that a council can change, with who, when and why."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from evidence import ChangedPart, DatedChange, DatedChanges, read_dated_changes

FILE = "weights.toml"

Weight = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]


class Parts(ChangedPart):
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


class WeightChange(DatedChange):
    """The weights from a day on."""

    weights: Parts


class Weights(DatedChanges):
    """Every change of the weights, oldest first."""

    change: tuple[WeightChange, ...]

    @property
    def changes(self) -> tuple[WeightChange, ...]:
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
    return read_dated_changes(home, Path(__file__).with_name(FILE), Weights, _without_weight)


def _without_weight(read: Weights) -> str:
    for number, change in enumerate(read.changes, start=1):
        if not any(change.weights.model_dump().values()):
            return f"change {number}, weights: all are 0, so nothing would count"
    return ""
