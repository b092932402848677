"""A small file that a council can change: each change with who, when and why, and the last one holds."""

import tomllib
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from geo.errors import Refused

FilledText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ChangedPart(BaseModel):
    """A table of such a file; what it does not know is refused, for it would be of no effect."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatedChange(ChangedPart):
    """What holds from a day on: who changed it and why; what it is, is the last field of a kind of it."""

    who: FilledText
    when: date
    why: FilledText


class DatedChanges(ChangedPart):
    """Every change, oldest first; a kind of it says of which kind they are."""

    change: tuple[DatedChange, ...]


Kind = TypeVar("Kind", bound=DatedChanges)


def read_dated_changes(home: Path, shipped: Path, kind: type[Kind], check: Callable[[Kind], str]) -> Kind:
    """Read the council's own file of changes, or the shipped one where it has none.

    Parameters
    ----------
    home
        The service's folder. A file in it that is called as the shipped one is read whole, instead of that.
    check
        What is wrong with changes of which each alone is well formed; empty if nothing is.

    Returns
    -------
    At least one change.

    Raises
    ------
    Refused
        The file cannot be read; something in it is missing, unknown or of the wrong kind; a change is dated before the
        one above it; or the check finds something wrong. It is said in a sentence, with the change and the field.
    """
    own = home / shipped.name
    path = own if own.exists() else shipped
    try:
        read = kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise Refused(f"{path}: {'; '.join(_error_sentence(kind, each) for each in error.errors())}.") from error
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {error}.") from error
    if wrong := _out_of_order(kind, read) or check(read):
        raise Refused(f"{path}: {wrong}.")
    return read


def _out_of_order(kind: type[DatedChanges], read: DatedChanges) -> str:
    if not read.change:
        return f"there is no {_example(kind)}"
    for number, (before, after) in enumerate(pairwise(read.change), start=2):
        if after.when < before.when:
            return f"change {number}, when: {after.when} is before {before.when}, the change above it"
    return ""


def _example(kind: type[DatedChanges]) -> str:
    return f"[[change]] with who, when, why and [change.{list(_change_model(kind).model_fields)[-1]}]"


def _change_model(kind: type[DatedChanges]) -> type[BaseModel]:
    """The kind of each change."""
    found: type[BaseModel] = get_args(kind.model_fields["change"].annotation)[0]
    return found


def _error_sentence(kind: type[DatedChanges], error: ErrorDetails) -> str:
    """What is wrong with a file, in words: "change 2, weights, voice: is missing"."""
    names = [f"change {each + 1}" if isinstance(each, int) else each for each in error["loc"] if each != "change"]
    limit = str(next(iter(error.get("ctx", {}).values()), "")).removesuffix(".0")
    reasons = {
        "missing": "is missing",
        "extra": f"is not known, but {', '.join(_known_names(kind, names))}",
        "greater": f"{error['input']} is less than {limit}",
        "less": f"{error['input']} is more than {limit}",
        "multiple": f"{error['input']} is not a multiple of {limit}",
        "float": "is not a number",
        "finite": "is not a number",
        "int": "is not a whole number",
        "date": "is not a date, as in 2026-01-31",
    }
    reason = reasons.get(error["type"].split("_")[0], "is empty or of the wrong kind")
    return f"{', '.join(names) or _example(kind)}: {reason}"


def _known_names(kind: type[DatedChanges], names: list[str]) -> list[str]:
    """The names in the table of the file that this name is in."""
    one = _change_model(kind)
    inner = list(one.model_fields.values())[-1].annotation
    tables = (kind, one, inner)
    found = tables[min(len(names) - 1, 2)]
    return list(found.model_fields) if isinstance(found, type) and issubclass(found, BaseModel) else []
