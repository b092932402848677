"""Who the landlord is, and where: the one file that another landlord changes, besides the boundaries."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class _Fixed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Examples(_Fixed):
    """What forms give as an example."""

    estate: str
    postcode: str
    telephone: str


class Council(_Fixed):
    """Who the landlord is, and where."""

    name: str
    place: str
    """As in "Residents' projects in Milton Keynes"."""
    district: str
    """Within which a proposal must lie, as in "the City of Milton Keynes"."""
    licence: str
    contact: str
    data_protection: str
    bounds: tuple[float, float, float, float]
    """What a map shows while there are no estates: west, south, east, north; degrees, WGS84."""
    latitude: float
    """At which metres on the map are reckoned; degrees, WGS84."""
    sources: dict[str, str]
    """Who publishes the rows of a layer, by its id, if not the landlord."""
    examples: Examples

    def source(self, layer: str) -> str:
        """Who publishes the rows of a layer.

        Examples
        --------
        >>> another = COUNCIL.model_copy(update={"name": "Another Council", "sources": {"police": "The police"}})
        >>> another.source("police"), another.source("repairs")
        ('The police', 'Another Council')
        """
        return self.sources.get(layer, self.name)


COUNCIL = Council.model_validate(tomllib.loads(Path(__file__).with_name("council.toml").read_text()))
"""The landlord of this installation."""
