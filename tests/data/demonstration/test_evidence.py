import polars as pl

from data.demonstration import Truth

Tables = dict[str, pl.DataFrame]


def test_rows_by_precision_are_what_the_files_hold(tables: Tables, truth: Truth) -> None:
    """Counting the columns of the work orders gives the truth's figures."""
    rows = tables["repairs"]
    only_postcode = rows["UPRN"].is_null() & rows["PostalCode"].is_not_null()
    said = truth.precision["repairs"]
    assert said["exact"] == rows["UPRN"].is_not_null().sum()
    assert said["postcode"] == only_postcode.sum()
    assert said["estate"] == rows["EstateName"].is_not_null().sum()
    assert sum(said.values()) == truth.rows["repairs"] == 60_000
    assert all(
        sum(each.values()) > 0.01 and each["postcode"] / sum(each.values()) < 0.03 for each in truth.precision.values()
    )


def test_cases_by_estate_add_up(truth: Truth) -> None:
    """Every case is of one estate, and estates without homes have none."""
    for layer in ("feedback", "repairs", "asb"):
        assert sum(estate["cases"][layer] for estate in truth.estates) == truth.rows[layer]
    assert sum(estate["homes"] for estate in truth.estates) == truth.rows["homes"]
    assert all(estate["homes"] or not any(estate["cases"].values()) for estate in truth.estates)
