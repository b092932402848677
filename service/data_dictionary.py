"""The data dictionary: the fields of every layer and the columns of every table, written from what defines them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from sqlalchemy import Table

from analysis import runs as runs
from api.settings import REPOSITORY
from evidence import HOMES_TARGET, SURVEY_TARGET
from evidence.access.tables import ACCOUNTS as ACCOUNTS
from evidence.alterations import FOLLOWS
from evidence.database import PLANS
from evidence.published_tables import PUBLISHED
from evidence.tables import EVIDENCE
from layers._layer import Counted, Hidden, Layer, Place, Shown, codes, optional, plain
from layers._registry import LAYERS
from plans import proposals, publication, replies  # noqa: F401 - for their tables

FILE = REPOSITORY / "docs" / "data-dictionary.md"

_HEAD = """# Data dictionary

Written by `make dictionary` from the layers' records and the tables, and held to them by a test.

## Where a row is

Every layer takes these besides its own fields: any of them, and the most precise that can be resolved is used.
"""


def data_dictionary() -> str:
    """The whole document, in Markdown."""
    return "\n".join([*_lines(), ""])


def _lines() -> Iterator[str]:
    yield _HEAD
    yield from _fields(Place.model_fields)
    for layer in LAYERS.values():
        yield from ("", f"## {layer.title} (`{layer.id}`)", "", _layer_summary(layer), "")
        yield from _fields(layer.record.model_fields, layer)
    for title, target in (("The property list", HOMES_TARGET), ("The tenants' survey", SURVEY_TARGET)):
        own = {name: field for name, field in target.fields.items() if name not in Place.model_fields or name == "uprn"}
        yield from ("", f"## {title} (`{target.name}`)", "")
        yield from _fields(own)
    yield from ("", "## Other tables", "", "What people decide, what the service writes, and what is published.")
    for metadata in (EVIDENCE, PLANS, PUBLISHED):
        others = [table for table in metadata.tables.values() if FOLLOWS not in table.info]
        for table in sorted(others, key=str):
            yield from ("", f"### {table.fullname}", "", *_columns(table))


def _layer_summary(layer: Layer) -> str:
    to_public = {
        Hidden: "The public sees nothing of it.",
        Counted: "The public sees audited totals.",
        Shown: "The public sees each record, with the fields marked.",
    }
    said = " ".join(filter(None, [layer.record.__doc__, layer.anonymised_points, to_public[type(layer.disclosure)]]))
    return f"{said} Source: {layer.publisher}, {layer.licence}."


def _fields(fields: Mapping[str, FieldInfo], layer: Layer | None = None) -> Iterator[str]:
    yield "| field | what it is | type | must be there | other names that are known |"
    yield "|---|---|---|---|---|"
    shown = layer.disclosure.fields if layer and isinstance(layer.disclosure, Shown) else ()
    for name, field in fields.items():
        public = " (public)" if name in shown else ""
        needed = "" if optional(field) else "yes"
        yield f"| `{name}`{public} | {field.description} | {_type(field, name, layer)} | {needed} | {_aliases(field)} |"


def _type(field: FieldInfo, name: str, layer: Layer | None) -> str:
    if not codes(field):
        return str(plain(field).__name__)
    if layer is None or name != layer.category:
        return ", ".join(codes(field))
    return "; ".join(f"{code} → {layer.theme(code)}" for code in codes(field))


def _aliases(field: FieldInfo) -> str:
    alias: Any = field.validation_alias
    return ", ".join(map(str, alias.choices)) if isinstance(alias, AliasChoices) else ""


def _columns(table: Table) -> Iterator[str]:
    if table.comment:
        yield from (f"{table.comment}.", "")
    yield "| column | type | may be empty | what it is |"
    yield "|---|---|---|---|"
    for column in table.columns:
        yield f"| `{column.name}` | {column.type} | {'yes' if column.nullable else ''} | {column.comment or ''} |"


def main(file: Path = FILE) -> None:
    """Write the document."""
    file.write_text(data_dictionary())


if __name__ == "__main__":
    main()
