"""What a map shows close up, where its cells are smaller than a hotspot's and would give single places away."""

from dataclasses import replace
from functools import lru_cache

from evidence.database import PUBLIC, Asker, Database, NotVisible
from evidence.snapshot import Selection, Snapshot, snapshot, visible
from layers._layer import Layer, Shown


def close_up(
    database: Database, asker: Asker, layer: Layer, selection: Selection, across: float
) -> tuple[Snapshot, Selection] | None:
    """The rows that may be counted in cells of some width, and the selection of them; None if there are none.

    In cells as wide as those of the layer's hotspots everything is counted that the asker may see counted. In smaller
    ones only what the asker may see singly is: the patch, or of a layer that is shown what is published of it.

    Parameters
    ----------
    across
        Width of a cell, metres.

    Raises
    ------
    NotVisible
        The asker may not see the layer.
    """
    if layer not in visible(asker):
        raise NotVisible(layer.id)
    if across >= layer.across or asker.patch is None:
        return snapshot(database, asker, layer), selection
    if isinstance(layer.disclosure, Shown):
        return snapshot(database, PUBLIC, layer), selection
    narrowed = _narrowed(selection, asker.patch)
    return (snapshot(database, asker, layer), narrowed) if narrowed else None


# A map asks for many tiles with one selection.
@lru_cache(maxsize=1000)
def _narrowed(selection: Selection, patch: frozenset[str]) -> Selection | None:
    estates = selection.estates & patch if selection.estates else patch
    # None: without an estate a selection would let every estate through.
    return replace(selection, estates=estates) if estates else None
