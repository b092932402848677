"""Evidence for what is decided by it: rows brought into the small world."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from layers import Database, Target, ingest


@pytest.fixture
def bring(world: Database, tmp_path: Path) -> Callable[..., None]:
    """Load rows into a target on 30 June 2026; rows without a reference have their number."""

    def loaded(into: Target, *rows: dict[str, Any], **options: Any) -> None:
        file = tmp_path / f"{into.name}.csv"
        with file.open("w", newline="", encoding="utf-8") as opened:
            numbered = [{"reference": number, **row} for number, row in enumerate(rows)]
            writer = csv.DictWriter(opened, list(dict.fromkeys(name for row in numbered for name in row)))
            writer.writeheader()
            writer.writerows(numbered)
        assert ingest(world, into, file, today=date(2026, 6, 30), **options).refused == 0

    return loaded
