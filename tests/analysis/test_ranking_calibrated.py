from typing import Any

import numpy as np
import pytest
from scipy.special import psi

from analysis.ranking import Ranking, rankings
from analysis.scoring import THEMES, Evidence

WEIGHTS = {"voice": 2.0, "record": 2.0, "severity": 1.0, "trend": 1.0, "satisfaction": 1.0}


def district(seed: int, estates: int = 120) -> tuple[Evidence, Any]:
    """A district drawn at random, with the true scores of its estates by the voice, record, severity and trend."""
    random = np.random.default_rng(seed)
    shape = (estates, len(THEMES))
    homes = np.round(random.lognormal(4.2, 0.9, estates)).clip(10, 800)
    share = random.dirichlet(30 * np.array([0.22, 0.22, 0.22, 0.12, 0.22]), estates)
    voices = np.array(
        [random.multinomial(random.poisson(0.2 * lived), own) for lived, own in zip(homes, share, strict=True)]
    )
    level = random.gamma(4, 1 / 4, shape)
    now = random.poisson(homes[:, None] * np.array([0.25, 0.12, 0.2, 0.12, 0.9]) * level)
    usual, worth = np.array([0.3, 0.15, 0.3, 0.15, 0.2]), 20
    bad = random.beta(worth * usual, worth * (1 - usual), shape)
    held = random.beta(60, 60, shape)
    before = random.poisson(homes[:, None] * np.array([0.25, 0.12, 0.2, 0.12, 0.9]) * level * (1 - held) / held)
    true = 2 * np.log2(5 * share) + 2 * (np.log2(level) - (psi(4) - np.log(4)) / np.log(2))
    true += np.log2(bad) - (psi(worth * usual) - psi(worth)) / np.log(2) + np.log2(held / (1 - held))
    counts = (voices, now, voices, now, now, random.binomial(now, bad), now, before, np.zeros(shape), np.zeros(shape))
    return Evidence(homes, *(each.astype(np.float64) for each in counts)), true / 6


@pytest.mark.simulation
def test_what_is_said_to_be_sure_is_as_often_true() -> None:
    """Of themes first in at least 90 of 100, and in 50 to 90, about as many are, in districts whose truth is known."""
    said, true, inside = [], [], []
    for seed in range(10):
        given, score = district(seed)
        for at, found in enumerate(rankings(given, WEIGHTS, seed=seed, draws=1000)):
            for each in found.themes if isinstance(found, Ranking) else ():
                own = score[at, THEMES.index(each.theme)]
                said.append(each.first)
                true.append(own == score[at].max())
                inside.append(each.low <= own <= each.high)
    claim, held = np.array(said), np.array(true)
    for least, most in ((0.9, 1.01), (0.5, 0.9)):
        chosen = (claim >= least) & (claim < most)
        assert chosen.sum() > 60
        error = np.sqrt(0.25 / chosen.sum()) if least < 0.9 else np.sqrt(0.09 / chosen.sum())
        assert held[chosen].mean() == pytest.approx(claim[chosen].mean(), abs=0.03 + 2 * error)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)
