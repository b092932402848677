import re
from datetime import date
from pathlib import Path

import polars as pl
import pyogrio

from data.demonstration import Truth

Tables = dict[str, pl.DataFrame]

_TELEPHONE = re.compile(r"\b0\d{3,4}[ -]?\d{5,6}\b|\+44")


def test_there_are_six_thousand_pieces_in_two_files(tables: Tables, folder: Path) -> None:
    """What was noted on walkabouts is in the GeoPackage, the rest in the Parquet file; no reference comes twice."""
    walked = tables["walkabouts"]
    references = [*tables["feedback"]["Response ID"], *walked["Response ID"]]
    assert len(references) == len(set(references)) == 6000
    assert set(walked["Method"]) == {"Estate walkabout"}
    assert "Estate walkabout" not in set(tables["feedback"]["Method"])
    assert pyogrio.read_info(folder / "synthetic_feedback_walkabouts.gpkg")["crs"] == "EPSG:27700"
    assert 400 < len(walked) < 700


def test_residents_say_thousands_of_different_things(tables: Tables) -> None:
    """Most texts are said once, none holds a telephone number, and none is unfinished."""
    said = tables["feedback"]["Comments"]
    assert said.n_unique() > 0.95 * said.len() > 4000
    assert not any(_TELEPHONE.search(text) or "{" in text for text in said)
    assert 15 < said.str.len_chars().mean() < 200  # type: ignore[operator]


def test_some_people_write_in_a_hurry(tables: Tables) -> None:
    """About one text in six has a slip that a spelling checker would find, the case of letters among them."""
    said = tables["feedback"]["Comments"]
    slips = said.str.contains(r"^[a-z]|\b(dont|cant|becuase|plz|realy|rubish|counsil|its only)\b|!!|:\($|\.\.\.$")
    assert 0.05 < slips.mean() < 0.25  # type: ignore[operator]


def test_texts_speak_of_their_theme(tables: Tables) -> None:
    """Words of a theme are said far more often under it than under others."""
    rows = tables["feedback"].select("Topic", text=pl.col("Comments").str.to_lowercase())
    for topic, words in (
        ("Repairs", "mould|boiler|gutter"),
        ("ASB", "music|dealing|mini motos"),
        ("Litter", "bins|mess"),
    ):
        said = rows["text"].str.contains(words)
        assert said.filter(rows["Topic"] == topic).mean() > 5 * said.filter(rows["Topic"] != topic).mean()  # type: ignore[operator]


def test_quiet_estates_say_less(tables: Tables, truth: Truth) -> None:
    """They have about a third of the feedback that was to be expected."""
    quiet = [plant for plant in truth.plants if plant.kind == "quiet" and plant.layer == "feedback"]
    assert sum(plant.actual for plant in quiet) < 0.5 * sum(plant.expected for plant in quiet)


def test_no_piece_came_in_after_the_last_day(tables: Tables) -> None:
    """The last day is included."""
    received = tables["feedback"]["Date Received"]
    assert date(2020, 11, 23) <= received.min() and received.max() <= date(2025, 11, 23)  # type: ignore[operator]
