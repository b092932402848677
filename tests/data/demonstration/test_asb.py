from datetime import date

import polars as pl

Tables = dict[str, pl.DataFrame]


def test_there_are_twelve_thousand_cases_with_a_reference_each(tables: Tables) -> None:
    """No reference comes twice, in one file or the other."""
    assert tables["asb"].height == tables["asb"]["Case Reference"].n_unique() == 12_000


def test_cases_are_closed_after_they_are_opened(tables: Tables) -> None:
    """No date is after the last day; most cases of the last month are open, and few of the first year."""
    rows = tables["asb"]
    opened, closed = rows["Date Opened"], rows["Date Closed"]
    assert ((closed >= opened) | closed.is_null()).all()
    assert max(opened.max(), closed.max()) <= date(2025, 11, 23)  # type: ignore[type-var, operator]
    assert closed.filter(opened > date(2025, 10, 23)).is_null().mean() > 0.5  # type: ignore[operator]
    assert closed.filter(opened < date(2021, 11, 23)).is_null().mean() < 0.02  # type: ignore[operator]


def test_the_last_year_is_in_the_sheet(tables: Tables) -> None:
    """The two files follow each other without a gap."""
    assert tables["asb"]["Date Opened"].is_sorted()


def test_four_in_a_hundred_cases_involve_hate(tables: Tables) -> None:
    """Most of them are harassment."""
    hate = tables["asb"].filter(pl.col("Hate Incident") == "Yes")
    assert 0.035 < hate.height / 12_000 < 0.045
    assert (hate["Case Type"] == "Harassment").mean() > 0.5  # type: ignore[operator]


def test_one_case_holds_one_report_or_more(tables: Tables) -> None:
    """Cases of noise hold more than cases of untidy gardens."""
    reports = dict(tables["asb"].group_by("Case Type").agg(pl.col("Number of Reports").mean()).iter_rows())
    assert tables["asb"]["Number of Reports"].min() == 1
    assert reports["Noise Nuisance"] > 2 * reports["Untidy Garden"]
