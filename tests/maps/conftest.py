"""Figures of a few estates, made by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from evidence import AreaFigure, Figures, Selection
from layers._registry import LAYERS

FiguresOf = Callable[..., Figures]


@pytest.fixture(scope="session")
def figures_of() -> FiguresOf:
    """Make the figures of estates from (name, count, homes), in 2025 unless said otherwise."""

    def make(*estates: tuple[str, int, int], layer: str = "asb", located: int | None = None, **changes: Any) -> Figures:
        areas = tuple(
            AreaFigure(f"E{number}", name, "Parish", count, homes, 1000 * count / homes if homes else None)
            for number, (name, count, homes) in enumerate(estates)
        )
        total, homes = sum(count for _, count, _ in estates), sum(homes for *_, homes in estates)
        given: dict[str, Any] = {
            "layer": LAYERS[layer],
            "selection": Selection(first=date(2025, 1, 1), last=date(2025, 12, 1)),
            "areas": areas,
            "total": total,
            "located": total if located is None else located,
            "outside": 0,
            "district": 1000 * total / homes if homes else None,
            "first": date(2021, 1, 1),
            "last": date(2025, 12, 1),
            "synthetic": False,
            "version": "1",
        }
        return Figures(**{**given, **changes})

    return make
