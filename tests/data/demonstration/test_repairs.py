from datetime import date

import numpy as np
import polars as pl
import pytest

from data.demonstration.repairs import HOURS

Tables = dict[str, pl.DataFrame]


def test_there_are_sixty_thousand_work_orders_with_a_reference_each(tables: Tables) -> None:
    """No reference comes twice."""
    assert tables["repairs"].height == tables["repairs"]["WorkOrderReference"].n_unique() == 60_000


def test_dates_follow_each_other(tables: Tables) -> None:
    """Nothing is finished before it is reported or after the last day, and due dates follow the priority."""
    rows = tables["repairs"]
    reported, required, actual = (
        rows[name] for name in ("DateReported", "RequiredCompletionDateTime", "ActualCompletionDateTime")
    )
    assert reported.min().date() == date(2020, 11, 23)  # type: ignore[union-attr]
    assert max(reported.max(), actual.max()).date() <= date(2025, 11, 23)  # type: ignore[type-var, union-attr]
    assert ((actual > reported) | actual.is_null()).all()
    hours = (required - reported).dt.total_hours().to_numpy() - HOURS[rows["PriorityCode"].to_numpy() - 1]
    assert np.abs(hours).max() < 24


def test_some_work_is_late_and_some_is_open(tables: Tables) -> None:
    """About one in six finished too late; the open ones are mostly recent, and a few were forgotten."""
    rows = tables["repairs"].with_columns(
        late=pl.col("ActualCompletionDateTime") > pl.col("RequiredCompletionDateTime"),
        open=pl.col("ActualCompletionDateTime").is_null(),
        old=pl.col("DateReported").dt.date() < date(2025, 1, 1),
    )
    assert 0.12 < rows["late"].mean() < 0.25  # type: ignore[operator]
    assert 0.005 < rows["open"].mean() < 0.05  # type: ignore[operator]
    assert 0 < rows.filter(pl.col("old"))["open"].mean() < 0.006  # type: ignore[operator]


def test_emergencies_are_done_on_time_more_often(tables: Tables) -> None:
    """A day is kept more often than four weeks."""
    late = pl.col("ActualCompletionDateTime") > pl.col("RequiredCompletionDateTime")
    by_code = dict(tables["repairs"].group_by("PriorityCode").agg(late.mean()).iter_rows())
    assert float(by_code[2]) < float(by_code[4]) / 2


@pytest.mark.parametrize(("trade", "high", "low"), [("Damp & Mould", 1, 7), ("Heating Engineer", 1, 7)])
def test_trades_have_their_season(tables: Tables, trade: str, high: int, low: int) -> None:
    """Damp and heating come in winter."""
    months = tables["repairs"].filter(pl.col("Trade") == trade)["DateReported"].dt.month()
    assert (months == high).sum() > 2 * (months == low).sum()


def test_addresses_come_again(tables: Tables) -> None:
    """The tenth of homes with most work orders has more than a fifth of them: some homes are trouble."""
    counts = tables["repairs"].drop_nulls("UPRN")["UPRN"].value_counts()["count"].sort(descending=True)
    assert int(counts[:1103].sum()) > 0.2 * int(counts.sum())
