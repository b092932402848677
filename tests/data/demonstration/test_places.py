import numpy as np

from data.demonstration import scene
from data.demonstration.places import ESTATE, EXACT, NOWHERE, POSTCODE, locate, only
from data.demonstration.profiles import ASB
from data.demonstration.scene import Scene


def test_texts_stand_only_where_they_are_wanted() -> None:
    """Elsewhere there is None, for columns and for a single text."""
    rows = np.array([True, False])
    assert only(rows, np.array(["a", "b"], object)).tolist() == ["a", None]
    assert only(rows, "x").tolist() == ["x", None]


def test_rows_are_located_as_exactly_as_real_exports_are(stage: Scene) -> None:
    """About 2 % by postcode alone, 2 % by estate, 1.5 % not at all, and each row by nothing more exact."""
    _, cases, _ = scene.draw_cases(stage, ASB)
    by_point = np.arange(len(cases)) % 4 == 0
    places = locate(cases, stage.homes, stage.names, by_point, np.random.default_rng(1))
    share = np.bincount(places.precision, minlength=4) / len(cases)
    assert np.allclose(share, [0.945, 0.02, 0.02, 0.015], atol=0.005)
    has_uprn, has_postcode, has_estate = (
        np.array([text is not None for text in column]) for column in (places.uprn, places.postcode, places.estate)
    )
    has_point = ~np.isnan(places.easting)
    assert np.array_equal(has_uprn | has_point, places.precision == EXACT)
    assert not (has_uprn & has_point).any()
    assert np.array_equal(has_postcode & ~has_uprn, places.precision == POSTCODE)
    assert np.array_equal(has_estate, places.precision == ESTATE)
    assert not (has_uprn | has_point | has_postcode | has_estate)[places.precision == NOWHERE].any()


def test_points_are_near_their_home_and_traps_are_exact(stage: Scene) -> None:
    """A point is within 8 m, rounding aside, and nothing of a trap is lost."""
    _, cases, _ = scene.draw_cases(stage, ASB)
    places = locate(cases, stage.homes, stage.names, np.ones(len(cases), bool), np.random.default_rng(1))
    away = np.hypot(
        places.easting - stage.homes.easting[cases.home], places.northing - stage.homes.northing[cases.home]
    )
    assert np.nanmax(away) < 8.8
    assert places.exact()[cases.trap >= 0].all()
