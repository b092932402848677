"""The local priority that a row speaks to, by its category: of frames, of queries and of single codes the same.

A code that has left its list since a row was loaded speaks to `other`, as every category does that a layer does not
name.
"""

from collections.abc import Collection

import polars as pl
from sqlalchemy import ColumnElement, and_

from layers._layer import Layer, Theme


def theme_of_rows(layer: Layer) -> pl.Expr:
    """The theme of each row of a frame that has the column `category`, as text."""
    themes = {category: str(layer.theme(category)) for category in layer.categories}
    return pl.col("category").replace_strict(themes, default=str(Theme.OTHER), return_dtype=pl.String)


def themes_of_layer(layer: Layer, rows: pl.DataFrame) -> tuple[Theme, ...]:
    """The themes that a layer's rows may speak to, in the order of its categories; `other` where a code has left."""
    themes = dict.fromkeys(layer.theme(category) for category in layer.categories)
    gone = not rows["category"].is_in(layer.categories).all()
    return tuple(themes | dict.fromkeys([Theme.OTHER] if gone else []))


def speaks_to(column: ColumnElement[str], layer: Layer, themes: Collection[Theme]) -> ColumnElement[bool]:
    """Whether a category in the database speaks to one of the themes."""
    others = [category for category in layer.categories if layer.theme(category) not in themes]
    if Theme.OTHER in themes:
        return column.not_in(others)
    return and_(column.in_(layer.categories), column.not_in(others))
