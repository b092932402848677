"""One demonstration for all tests of it."""

from datetime import date
from pathlib import Path

import polars as pl
import pyogrio
import pytest

from data.boundaries import ESTATES
from data.demonstration import TRUTH, Truth, generate, scene
from data.demonstration.scene import Scene

UNTIL = date(2025, 11, 23)
SEED = 2026


@pytest.fixture(scope="session")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    """The truth about the demonstration on the estates that are shipped."""
    return generate(tmp_path_factory.mktemp("demonstration"), seed=SEED, until=UNTIL)


@pytest.fixture(scope="session")
def folder(truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of its files."""
    return next(tmp_path_factory.getbasetemp().glob(f"demonstration*/{TRUTH}")).parent


@pytest.fixture(scope="session")
def stage() -> Scene:
    """The scene of the same demonstration."""
    return scene.build(ESTATES, SEED, UNTIL)


@pytest.fixture(scope="session")
def tables(folder: Path) -> dict[str, pl.DataFrame]:
    """Homes, repairs, ASB cases of both files, feedback, and what was noted on walkabouts."""
    earlier = _csv(folder / "synthetic_asb_cases_earlier.csv")
    last = pl.read_excel(folder / "synthetic_asb_cases_last_year.xlsx", engine="openpyxl")
    last = last.select(pl.col(name).cast(kind) for name, kind in earlier.schema.items())
    return {
        "homes": _csv(folder / "synthetic_homes.csv"),
        "repairs": _csv(folder / "synthetic_repairs.csv"),
        "asb": pl.concat([earlier, last]),
        "feedback": pl.read_parquet(folder / "synthetic_feedback.parquet"),
        "walkabouts": pl.from_pandas(
            pyogrio.read_dataframe(folder / "synthetic_feedback_walkabouts.gpkg", read_geometry=False)
        ),
    }


def _csv(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, schema_overrides={"UPRN": pl.String}, try_parse_dates=True)
