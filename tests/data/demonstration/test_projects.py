from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from data.boundaries import ESTATES


@pytest.fixture(scope="module")
def projects(folder: Path) -> gpd.GeoDataFrame:
    """The list of projects."""
    return gpd.read_file(folder / "synthetic_projects.geojson")


def test_there_are_150_projects_of_every_type_and_status(projects: gpd.GeoDataFrame) -> None:
    """Each has a reference, a title, a group and something about it."""
    assert len(projects) == projects["Project ID"].nunique() == 150
    assert projects["Project Type"].nunique() == 5
    assert projects["Project Status"].nunique() == 4
    assert projects[["Project Name", "Residents Group", "Description"]].notna().to_numpy().all()


def test_dates_and_funding_follow_from_the_status(projects: gpd.GeoDataFrame) -> None:
    """An idea has no money, a funded one starts later, what is under way has started, what is complete has ended."""
    status, today = projects["Project Status"], pd.Timestamp("2025-11-23")
    dates = projects[["Date Proposed", "Start Date", "Date Completed", "Planned End"]].apply(pd.to_datetime)
    assert dates["Start Date"].notna().equals(status != "Idea")
    assert dates["Date Completed"].notna().equals(status == "Completed")
    assert dates["Planned End"].notna().equals(status.isin(["Funded", "In progress"]))
    assert ((status != "Idea") == projects[["Funding GBP", "Funding Source"]].notna().T).to_numpy().all()
    assert ((dates["Start Date"] > today) == (status == "Funded")).all()
    assert not (dates["Planned End"] <= today).any()
    assert not (dates["Date Proposed"] > dates["Start Date"]).any()
    assert not (dates["Start Date"] > dates["Date Completed"].fillna(dates["Planned End"])).any()
    assert dates[["Date Proposed", "Date Completed"]].max().max() <= today


def test_a_clean_up_day_is_one_saturday(projects: gpd.GeoDataFrame) -> None:
    """So that the calendar file of one is a day on which people can come."""
    days = projects[(projects["Project Type"] == "Clean-up day") & projects["Start Date"].notna()]
    start = pd.to_datetime(days["Start Date"])
    assert len(days) > 10
    assert (start.dt.day_of_week == 5).all()
    assert (days["Date Completed"].fillna(days["Planned End"]) == days["Start Date"]).all()


def test_everybody_is_told_how_to_help_and_whom_to_ask(projects: gpd.GeoDataFrame) -> None:
    """By a role; no person is named."""
    assert projects["How to help"].notna().all()
    assert projects["Contact"].str.fullmatch(r"The \w+ of the group, through the form on this page").all()


def test_projects_lie_in_the_estate_of_their_group(projects: gpd.GeoDataFrame) -> None:
    """Every point is inside the estate that the row names, and all but a few rows have one."""
    placed = projects[projects.geometry.notna()]
    assert len(placed) == 146
    estates = gpd.read_file(ESTATES).set_index("name").geometry
    assert all(estates[row["Estate Name"]].covers(row.geometry) for _, row in placed.iterrows())
    assert all(row["Residents Group"].startswith(row["Estate Name"]) for _, row in placed.iterrows())
