"""Addresses of the same selection everywhere: page, tiles, items, in the same words."""

from urllib.parse import urlencode

from evidence import Selection
from layers._layer import Layer


def query(selection: Selection, **more: str) -> str:
    """A selection as a query string, in one order always, so that equal selections have equal addresses.

    `more` comes first; what is empty is left out.
    """
    pairs = [(name, value) for name, value in more.items() if value]
    for name, values in (
        ("theme", selection.themes),
        ("category", selection.categories),
        ("estate", selection.estates),
    ):
        pairs += [(name, value) for value in sorted(values)]
    for name, month in (("first", selection.first), ("last", selection.last)):
        pairs += [(name, f"{month:%Y-%m}")] if month else []
    return urlencode(pairs)


def tiles(layer: Layer, selection: Selection, version: str) -> str:
    """Address of the heat tiles, with {z}, {y} and {x} to be filled in."""
    return f"/tiles/{layer.id}/{{z}}/{{y}}/{{x}}.mvt?{query(selection, v=version)}"


def items(layer: Layer, selection: Selection) -> str:
    """Address of the records."""
    return f"/api/collections/{layer.id}/items?{query(selection)}"
