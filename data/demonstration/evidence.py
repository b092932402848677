"""The cases of a layer as its files have them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.demonstration.events import Cases, Usual
from data.demonstration.homes import Names
from data.demonstration.places import Places
from data.demonstration.scene import Scene
from data.demonstration.truth import Canary


@dataclass(frozen=True)
class Evidence:
    """A layer's cases, and what its truth is worked out from."""

    scene: Scene
    usual: Usual
    cases: Cases
    background: int
    """How many of the cases are what is usual, without any plant."""
    places: Places
    references: Names
    canaries: list[Canary]
    hate: NDArray[np.bool_]
    """Whether each case involves a hate incident."""

    @property
    def layer(self) -> str:
        """The id of the layer."""
        return self.usual.profile.layer

    def precision(self) -> dict[str, int]:
        """Rows by the most exact place that they give."""
        counts = np.bincount(self.places.precision, minlength=4).tolist()
        return dict(zip(("exact", "postcode", "estate", "none"), counts, strict=True))

    def by_estate(self) -> NDArray[np.int64]:
        """Cases in each estate, by the homes they are about."""
        return np.bincount(self.scene.homes.estate[self.cases.home], minlength=len(self.scene.estates))
