"""What a map shows close up, where its cells are smaller than a hotspot's and would give single places away."""

from dataclasses import replace
from functools import lru_cache

from evidence.database import PUBLIC, Database, NotVisible, Viewer
from evidence.snapshot import Selection, Snapshot, latest_snapshot, visible
from layers._layer import Layer, Shown


async def close_up(
    database: Database, viewer: Viewer, layer: Layer, selection: Selection, cell_width: float
) -> tuple[Snapshot, Selection] | None:
    """The rows that may be counted in cells of some width, and the selection of them; None if there are none.

    In cells as wide as those of the layer's hotspots everything is counted that the viewer may see counted. In smaller
    ones only what the viewer may see singly is: the patch, or of a layer that is shown what is published of it.

    Parameters
    ----------
    cell_width
        Width of a cell, metres.

    Raises
    ------
    NotVisible
        The viewer may not see the layer.
    """
    if layer not in visible(viewer):
        raise NotVisible(layer.id)
    if cell_width >= layer.cell_width or viewer.patch is None:
        return await latest_snapshot(database, viewer, layer), selection
    if isinstance(layer.disclosure, Shown):
        return await latest_snapshot(database, PUBLIC, layer), selection
    narrowed = _narrowed(selection, viewer.patch)
    return (await latest_snapshot(database, viewer, layer), narrowed) if narrowed else None


# A map asks for many tiles with one selection.
@lru_cache(maxsize=1000)
def _narrowed(selection: Selection, patch: frozenset[str]) -> Selection | None:
    estates = selection.estates & patch if selection.estates else patch
    # None: without an estate a selection would let every estate through.
    return replace(selection, estates=estates) if estates else None
