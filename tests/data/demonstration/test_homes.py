import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from data.boundaries import ESTATES
from data.demonstration.homes import FIRST_UPRN, read_estates
from data.demonstration.scene import Scene
from geo.errors import Refused


def test_every_estate_has_the_homes_that_the_census_counts(stage: Scene) -> None:
    """There are about 11,000, as many in each estate as its council homes, inside its outline."""
    estates = read_estates(ESTATES)
    homes = stage.homes
    assert np.array_equal(np.bincount(homes.estate, minlength=len(estates)), estates["council_homes_2021"])
    assert 10_500 <= len(homes.estate) <= 11_500
    outlines = estates.geometry.to_numpy()[homes.estate]
    assert shapely.contains_xy(outlines, homes.easting, homes.northing).all()


def test_uprns_cannot_be_real(stage: Scene) -> None:
    """They have twelve digits, begin with 99, and each is used once."""
    numbers = np.array([int(uprn) for uprn in stage.homes.uprn])
    assert len(np.unique(numbers)) == len(numbers)
    assert FIRST_UPRN == 990_000_000_001 == numbers.min()
    assert numbers.max() < 990_000_100_000


def test_addresses_are_each_used_once(stage: Scene) -> None:
    """No two homes have one address, though flats share a point."""
    assert len(set(stage.homes.address)) == len(stage.homes.address)


def test_postcodes_look_right_and_belong_to_neighbours(stage: Scene) -> None:
    """A postcode has 20 to 40 homes of one estate within 500 m, or fewer where the estate has fewer."""
    homes = stage.homes
    assert all(re.fullmatch(r"MK0 [0-9][ABD-HJLNP-UW-Z]{2}", postcode) for postcode in set(homes.postcode))
    for postcode in np.unique(homes.postcode.astype(str)):
        at = np.flatnonzero(homes.postcode == postcode)
        assert len(set(homes.estate[at])) == 1
        assert len(at) <= 40
        assert len(at) >= 20 or len(at) == (homes.estate == homes.estate[at[0]]).sum()
        assert np.hypot(np.ptp(homes.easting[at]), np.ptp(homes.northing[at])) < 1000


def test_postcodes_do_not_exist(stage: Scene, shared_data: Path) -> None:
    """None of them is in Code-Point Open."""
    real = pl.read_csv(shared_data / "mk_postcodes_cpo_2025.csv")["postcode"]
    assert real.len() == 7800
    assert set(stage.homes.postcode) & set(real) == set()
    assert not real.str.starts_with("MK0").any()


def test_a_missing_file_of_estates_is_said(tmp_path: Path) -> None:
    """The sentence names the file."""
    with pytest.raises(Refused, match=r"no file of estates at .*nowhere\.geojson"):
        read_estates(tmp_path / "nowhere.geojson")
