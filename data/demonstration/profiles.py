"""What is usual in each layer: how many cases, of which categories, at what time of the year and of the week.

Category codes and their themes are those of the layers; a test holds the two together.
"""

from dataclasses import dataclass

import numpy as np

from data.demonstration.days import Days, Floats, likelihood


@dataclass(frozen=True)
class Category:
    """A category of a layer: its code and how the export spells it, its theme, share and season."""

    name: str
    label: str
    theme: str
    share: float
    swing: float = 0.0
    peak: float = 1.0
    unprompted: float = 0.0
    """The share of its cases that come to light however little residents report."""


@dataclass(frozen=True)
class Profile:
    """What is usual in a layer."""

    layer: str
    rows: int
    week: tuple[float, ...]
    growth: float
    unevenness: float
    """Shape of the gamma distribution by which homes differ; the smaller, the more repeat addresses."""
    categories: tuple[Category, ...]

    @property
    def shares(self) -> Floats:
        """The share of each category; they sum to 1."""
        return np.array([category.share for category in self.categories])

    @property
    def unprompted(self) -> Floats:
        """The share of each category's cases that need no report of a resident."""
        return np.array([category.unprompted for category in self.categories])

    def timing(self, days: Days) -> Floats:
        """The likelihood of each day for each category, shape (categories, days)."""
        return np.stack([likelihood(days, each.swing, each.peak, self.week, self.growth) for each in self.categories])


_SAFETY, _CLEAN, _ASB, _SPACES, _REPAIRS = (
    "safety", "cleanliness", "anti-social behaviour", "community spaces", "repairs",
)  # fmt: skip

REPAIRS = Profile(
    "repairs",
    60_000,
    (1.35, 1.2, 1.15, 1.1, 1.1, 0.35, 0.25),
    0.02,
    2.0,
    (
        Category("plumbing", "Plumber", _REPAIRS, 0.20, 0.08, 1, 0.22),
        Category("heating", "Heating Engineer", _REPAIRS, 0.14, 0.75, 1.3, 0.40),
        Category("electrical", "Electrician", _REPAIRS, 0.10, 0.12, 12.5, 0.22),
        Category("carpentry", "Carpenter", _REPAIRS, 0.09, 0.05, 3, 0.02),
        Category("roofing", "Roofer", _REPAIRS, 0.05, 0.40, 1.5, 0.08),
        Category("damp and mould", "Damp & Mould", _REPAIRS, 0.08, 0.80, 1.5, 0.04),
        Category("glazing", "Glazier", _REPAIRS, 0.05, 0.10, 7, 0.10),
        Category("doors and locks", "Doors & Locks", _SAFETY, 0.07, 0.05, 12, 0.25),
        Category("fencing and paths", "Fencing & Paths", _SPACES, 0.05, 0.25, 3, 0.02),
        Category("communal lighting", "Communal Lighting", _SAFETY, 0.035, 0.45, 12.5, 0.08),
        Category("communal cleaning", "Estate Cleaning", _CLEAN, 0.04, 0.10, 8, 0.03),
        Category("drainage", "Drains", _REPAIRS, 0.05, 0.25, 11.5, 0.20),
        Category("other", "Multi Trade", _REPAIRS, 0.045),
    ),
)

ASB = Profile(
    "asb",
    12_000,
    (1.5, 1.1, 1.0, 1.0, 1.1, 0.7, 0.6),
    0.02,
    2.0,
    (
        Category("noise", "Noise Nuisance", _ASB, 0.30, 0.45, 7.5),
        Category("harassment and threats", "Harassment", _ASB, 0.13, 0.10, 7.5),
        Category("drugs and alcohol", "Drugs", _ASB, 0.10, 0.10, 7),
        Category("vandalism", "Criminal Damage", _ASB, 0.07, 0.15, 8),
        Category("rubbish and fly-tipping", "Fly Tipping", _CLEAN, 0.14, 0.12, 6),
        Category("vehicles", "Vehicle Nuisance", _ASB, 0.06, 0.35, 7),
        Category("animals", "Pets and Animals", _ASB, 0.05, 0.15, 6.5),
        Category("gardens", "Untidy Garden", _CLEAN, 0.05, 0.65, 7),
        Category("domestic abuse", "Domestic Abuse", "safety", 0.02, 0.12, 12.5),
        Category("violence", "Physical Violence", "safety", 0.02, 0.15, 7.5),
        Category("misuse of communal areas", "Communal Areas", _SPACES, 0.04, 0.15, 11),
        Category("other", "Other", _ASB, 0.02),
    ),
)

FEEDBACK = Profile(
    "feedback",
    6_000,
    (1.1, 1.3, 1.3, 1.3, 1.0, 0.9, 0.4),
    0.05,
    4.0,
    (
        Category("safety", "Feeling safe", _SAFETY, 0.19, 0.30, 12.5, 0.10),
        Category("cleanliness", "Litter", _CLEAN, 0.22, 0.12, 6.5, 0.15),
        Category("anti-social behaviour", "ASB", _ASB, 0.19, 0.25, 7.5, 0.05),
        Category("community spaces", "Green spaces", _SPACES, 0.14, 0.25, 6, 0.15),
        Category("repairs", "Repairs", _REPAIRS, 0.20, 0.35, 1.3, 0.05),
        Category("other", "General", "other", 0.06),
    ),
)

EVENTS = (FEEDBACK, REPAIRS, ASB)
"""The layers of cases. Projects are few and are made one by one."""
