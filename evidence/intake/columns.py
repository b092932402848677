"""Finds which column of a file holds which field, by the names that real exports use."""

from collections.abc import Collection, Mapping

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from geo.errors import Refused


def simplified(name: str) -> str:
    """A name without case, spaces and punctuation: DateReported, date_reported and "Date reported" are one."""
    return "".join(character for character in name.casefold() if character.isalnum())


def recognise(
    columns: list[str], fields: Mapping[str, FieldInfo], required: Collection[str], given: Mapping[str, str]
) -> dict[str, str]:
    """The column that holds each field, by field; a field's own name comes before its other names.

    Parameters
    ----------
    columns
        The file's columns. Those that nobody recognises are left aside.
    required
        Fields that must have a column.
    given
        Columns by field, as the person said them; they come first.

    Raises
    ------
    Refused
        A required field has no column, or what was given does not exist, or two columns have one name but for its
        spelling.
    """
    _refuse_unknown(given, fields, columns)
    by_name: dict[str, list[str]] = {}
    for column in columns:
        if column not in given.values():
            by_name.setdefault(simplified(column), []).append(column)
    found = dict(given)
    for name, field in fields.items():
        same = next((by_name[each] for each in _names(name, field) if each in by_name), [])
        if name in found or not same or same[0] in found.values():
            continue
        if len(same) > 1:
            raise Refused(f"{name} could be {' or '.join(same)}: say which it is, as in --map {name}={same[0]!r}.")
        found[name] = same[0]
    missing = [name for name in required if name not in found]
    if missing:
        raise Refused(
            f"No column was recognised for {', '.join(missing)}. The columns are {', '.join(columns)}: "
            f"say which it is, as in --map {missing[0]}={columns[0]!r}."
        )
    return found


def _names(name: str, field: FieldInfo) -> list[str]:
    others = field.validation_alias
    return [
        simplified(each) for each in (name, *(map(str, others.choices) if isinstance(others, AliasChoices) else ()))
    ]


def _refuse_unknown(given: Mapping[str, str], known: Mapping[str, FieldInfo], columns: list[str]) -> None:
    for name, column in given.items():
        if name not in known:
            raise Refused(f"There is no field {name}: the fields are {', '.join(sorted(known))}.")
        if column not in columns:
            raise Refused(f"There is no column {column}: the columns are {', '.join(columns)}.")
