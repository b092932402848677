from pathlib import Path

import polars as pl

from data.demonstration import Truth
from data.demonstration.canaries import TEXTS

Tables = dict[str, pl.DataFrame]
COLUMNS = (
    ("feedback", "feedback", "Response ID", "Comments"),
    ("feedback", "walkabouts", "Response ID", "Comments"),
    ("asb", "asb", "Case Reference", "Case Summary"),
    ("repairs", "repairs", "WorkOrderReference", "DescriptionOfWork"),
)


def _texts(tables: Tables) -> list[tuple[str, str, str]]:
    """Every text of every file, with its layer and reference."""
    return [
        (layer, reference, text)
        for layer, table, key, column in COLUMNS
        for reference, text in tables[table].select(key, column).iter_rows()
    ]


def test_every_canary_is_in_the_row_that_the_truth_names(tables: Tables, truth: Truth) -> None:
    """Its text stands there word for word, and in no other row."""
    assert len(truth.canaries) == sum(map(len, TEXTS.values())) == 12
    written = _texts(tables)
    for canary in truth.canaries:
        assert [row for row in written if row[2] == canary.text] == [(canary.layer, canary.reference, canary.text)]


def test_the_words_of_a_canary_occur_nowhere_else(folder: Path, truth: Truth, tables: Tables) -> None:
    """A search for them finds the canary and nothing more, so that whatever finds one has found a leak."""
    texts = [text for _, _, text in _texts(tables)]
    harmless = (folder / "synthetic_projects.geojson").read_text() + (folder / "synthetic_homes.csv").read_text()
    for canary in truth.canaries:
        for word in canary.words:
            assert [text for text in texts if word.casefold() in text.casefold()] == [canary.text]
            assert word not in harmless


def test_canaries_are_not_in_traps(truth: Truth) -> None:
    """The row of a trap says nothing but what a trap says."""
    trapped = {reference for plant in truth.plants for reference in plant.references}
    assert len(trapped) > 20
    assert {canary.reference for canary in truth.canaries} & trapped == set()
