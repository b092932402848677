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
    assert projects[["Project Name", "Residents Group", "Description"]].notna().all(axis=None)


def test_dates_and_funding_follow_from_the_status(projects: gpd.GeoDataFrame) -> None:
    """An idea has no money, what is under way has started, what is complete has ended, and nothing lies ahead."""
    status = projects["Project Status"]
    started, completed = projects["Start Date"].notna(), projects["Date Completed"].notna()
    assert (started == status.isin(["In progress", "Completed"])).all()
    assert (completed == (status == "Completed")).all()
    assert (projects["Funding GBP"].notna() == (status != "Idea")).all()
    dates = projects[["Date Proposed", "Start Date", "Date Completed"]].apply(pd.to_datetime)
    assert (dates["Date Proposed"] < dates["Start Date"])[started].all()
    assert (dates["Start Date"] < dates["Date Completed"])[completed].all()
    assert dates.max().max() <= pd.Timestamp("2025-11-23")


def test_projects_lie_in_the_estate_of_their_group(projects: gpd.GeoDataFrame) -> None:
    """Every point is inside the estate that the row names, and all but a few rows have one."""
    placed = projects[projects.geometry.notna()]
    assert len(placed) == 146
    estates = gpd.read_file(ESTATES).set_index("name").geometry
    assert all(estates[row["Estate Name"]].covers(row.geometry) for _, row in placed.iterrows())
    assert all(row["Residents Group"].startswith(row["Estate Name"]) for _, row in placed.iterrows())
