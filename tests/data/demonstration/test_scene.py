import numpy as np

from data.demonstration import scene
from data.demonstration.profiles import ASB
from data.demonstration.scene import QUIET, Scene


def test_streams_differ_by_purpose_and_repeat_by_seed() -> None:
    """A change in what one part draws leaves the others as they are."""
    first = scene.stream(1, "homes").random(3)
    assert np.array_equal(first, scene.stream(1, "homes").random(3))
    assert not np.array_equal(first, scene.stream(1, "levels").random(3))
    assert not np.array_equal(first, scene.stream(2, "homes").random(3))


def test_nothing_but_the_plant_sets_special_estates_apart(stage: Scene) -> None:
    """Estates with a plant are at the usual level; quiet ones report the share that is planted."""
    hot = {int(at) for spot in stage.hotspots for at in stage.homes.estate[spot.inside]}
    for layer, level in stage.level.items():
        assert set(level[[*stage.roles.dense, *stage.roles.quiet, *hot]]) == {1.0}
        assert set(stage.reporting[layer][list(stage.roles.quiet)]) == {QUIET[layer]}
        assert set(stage.reporting[layer][[*stage.roles.dense, *hot]]) == {1.0}


def test_levels_vary_mildly_about_one(stage: Scene) -> None:
    """Estates differ by about 5 % in what happens and 7 % in what is reported."""
    others = stage.reporting["asb"] != 1
    others[[*stage.roles.quiet, *stage.roles.traps]] = False
    for layer, level in stage.level.items():
        assert abs(level[others].mean() - 1) < 0.03
        assert 0.03 < level[others].std() < 0.07
        assert 0.05 < stage.reporting[layer][others].std() < 0.10


def test_a_layer_has_the_cases_that_its_profile_says(stage: Scene) -> None:
    """Twelve thousand cases, those of the traps among them and nothing else in their estates."""
    _, cases, background = scene.draw_cases(stage, ASB)
    at_traps = np.isin(stage.homes.estate[cases.home], stage.roles.traps)
    assert len(cases) == 12_000 > background
    assert np.array_equal(at_traps, cases.trap >= 0)
    assert np.bincount(cases.trap[at_traps]).tolist() == [1, 1, 1, 11, 12, 7]


def test_parameters_name_the_seed(stage: Scene) -> None:
    """The truth file says what the background was made with."""
    said = scene.parameters(stage)
    assert said["seed"] == 2026
    assert said["level"]["shape"] == scene.LEVEL_SHAPE
