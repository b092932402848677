"""The rules of what is published: a small file that the council's data protection officer can read and change."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, StrictBool, StrictStr, StringConstraints

from evidence.disclosure.dated_changes import ChangedPart, DatedChange, DatedChanges, read_dated_changes
from layers._layer import Counted, Layer, codes, plain
from layers._registry import LAYERS

FILE = "disclosure.toml"


class Rules(ChangedPart):
    """What may be published of the counted layers."""

    fewest: Annotated[int, Field(ge=2, strict=True)]
    """Counts below this are withheld, 0 among them."""
    round_to: Annotated[int, Field(ge=2, strict=True)]
    """Other counts are rounded to the nearest multiple of this."""
    fewest_homes: Annotated[int, Field(ge=2, strict=True)]
    """Areas with fewer homes have no figures."""
    months: Annotated[int, Field(ge=12, le=36, multiple_of=12, strict=True)]
    """Months of the rolling period that estates are counted in."""
    wards: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    """Name of the boundary set of wards, which are counted by quarter; without one there are no figures by ward."""
    district_only: dict[str, dict[str, list[StrictStr | StrictBool]]] = Field(default_factory=dict)
    """By layer and field the values of rows that are counted for the whole district only."""

    def sensitive(self, layer: Layer) -> dict[str, list[str | bool]]:
        """The values by field of rows of a layer that are counted for the whole district only."""
        return self.district_only.get(layer.id, {})


class RuleChange(DatedChange):
    """The rules from a day on."""

    rules: Rules


class Disclosure(DatedChanges):
    """Every change of the rules, oldest first; never empty."""

    change: tuple[RuleChange, ...]

    @property
    def now(self) -> Rules:
        """The rules that hold."""
        return self.change[-1].rules


def disclosure(home: Path) -> Disclosure:
    """Read the council's rules, or the shipped ones where it has none of its own.

    Parameters
    ----------
    home
        The service's folder. A disclosure.toml in it is read whole, instead of the shipped one.

    Raises
    ------
    Refused
        The file cannot be read; a change lacks who, when, why or a rule; a rule is unknown or of the wrong kind; a
        layer, field or value is not one of the product's; or a change is dated before the one above it.
    """
    return read_dated_changes(home, Path(__file__).with_name(FILE), Disclosure, _contradiction)


def _contradiction(read: Disclosure) -> str:
    number = len(read.change)
    rules = read.now
    if rules.round_to > rules.fewest:
        return f"change {number}, rules, round_to: {rules.round_to} is more than fewest, so 0 could be published"
    unknown = (f"change {number}, rules, district_only, {each}" for each in _unknown(rules))
    return next(unknown, "")


def _unknown(rules: Rules) -> list[str]:
    """Layers, fields and values that are named and not there: what is misspelt would not be kept back."""
    counted = {layer.id: layer for layer in LAYERS.values() if isinstance(layer.disclosure, Counted)}
    said = [f"{name}: no such layer is counted" for name in rules.district_only if name not in counted]
    for name, fields in rules.district_only.items():
        known = counted[name].record.model_fields if name in counted else {}
        for field, values in fields.items() if known else ():
            allowed = codes(known[field]) or (True, False) if field in known else ()
            if field not in known or not (codes(known[field]) or plain(known[field]) is bool):
                said.append(f"{name}, {field}: the layer has no such field with a list of codes, or yes and no")
            else:
                said += [f"{name}, {field}, {value}: is none of its codes" for value in values if value not in allowed]
    return said
