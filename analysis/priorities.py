"""What comes first in every estate, from all evidence together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from analysis.evidence import Series, Source, gather, used
from analysis.ranking import DRAWS, Ranking, rankings
from analysis.reporting import Reporting, reporting
from analysis.runs import ResultKey, Run, latest_result, record
from analysis.weights import WeightChange, Weights
from evidence import Database, Viewer, data_versions

SUBJECT = "priorities"
"""What the store calls these runs; no layer has this name."""

_SEED = 2026


@dataclass(frozen=True)
class Priorities:
    """What is known of an estate's priorities."""

    code: str
    ranking: Ranking | None
    refusal: str
    """Why there is no ranking; empty if there is one."""
    reporting: Reporting | None
    """Who reports; None without homes."""


@dataclass(frozen=True)
class Prioritised:
    """The priorities of every estate, and what they were found from."""

    weighed: WeightChange
    """The weights that held, with who set them, when and why."""
    sources: tuple[Source, ...]
    series: Series | None
    """What was recorded by month; None where no layer is complete for two years."""
    synthetic: bool
    """Something that they were found from is made up."""
    homes: int
    """Of all estates together."""
    estates: Mapping[str, Priorities]
    """By code, in its order; empty without estates."""


def record_of(database: Database, viewer: Viewer, weights: Weights, as_of: date | None = None) -> dict[str, Any]:
    """What the priorities would be made from."""
    versions = data_versions(database, viewer)
    data = {name: versions.get(name, "") for name in (*(layer.id for layer in used()), "survey")}
    parameters = {"draws": DRAWS, "weights": weights.changes[-1].model_dump(mode="json")}
    return record(SUBJECT, data, used(), parameters, seed=_SEED, as_of=as_of)


def priorities(
    database: Database, viewer: Viewer, weights: Weights, *, as_of: date | None = None, seed: int = _SEED
) -> Prioritised:
    """Find the priorities of every estate in the last twelve months of which each source is complete.

    Parameters
    ----------
    as_of
        Nothing after this day is used; None for all that there is.
    seed
        Of the draws by which it is told how sure a ranking is.

    Raises
    ------
    NotVisible
        The viewer is the public, or has a key for some layers only.

    Notes
    -----
    Sources whose points stand for several addresses say nothing of an estate and are left out; so is what answers a
    need, which is no record of it. A layer that is not complete for twenty-four months says nothing of the
    trend. Of a survey, the twelve months to its latest answer are used.
    """
    found = gather(database, viewer, as_of)
    ranked = rankings(found.evidence, weights.now, seed=seed)
    told = reporting(found.reports, found.homes, list(found.homes), found.answers)
    estates = {
        code: Priorities(code, None, each, who) if isinstance(each, str) else Priorities(code, each, "", who)
        for code, each, who in zip(found.homes, ranked, told, strict=True)
    }
    homes = sum(found.homes.values())
    return Prioritised(weights.changes[-1], found.sources, found.series, found.synthetic, homes, estates)


def prioritise(database: Database, viewer: Viewer, weights: Weights, as_of: date | None = None) -> Run:
    """Find the priorities, with the record of what they were found from."""
    made_from = record_of(database, viewer, weights, as_of)
    return Run(made_from, _PRIORITISED.dump_python(priorities(database, viewer, weights, as_of=as_of), mode="json"))


_PRIORITISED = TypeAdapter(Prioritised)


def latest_priorities(database: Database, viewer: Viewer, as_of: date | None = None) -> tuple[str, Prioritised] | None:
    """The latest run's identifier and what it found; None where there has been none yet.

    Raises
    ------
    NotVisible
        The viewer is the public, or has a key for some layers only.
    """
    return latest_result(database, viewer, ResultKey(SUBJECT, as_of, _PRIORITISED.validate_json))
