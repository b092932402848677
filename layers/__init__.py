"""Evidence. Rows leave this package through these functions only, and each asks who is looking.

Every module here without a leading underscore is a layer. What asks nobody (`ingest`, `homes`, `ledger`, `standing`
and the like) is the upkeep of whoever owns the database: counts and names of files, no rows.
"""

from layers._boundary_sets import DISTRICT
from layers._database import PUBLIC, Asker, Database, NotVisible, connect, role_name
from layers._figures import AreaFigure, Figures, figures
from layers._ingest import Report, clear_demonstration, ingest
from layers._items import BoundingBox, Items, areas, item, items, seen
from layers._layer import Counted, Hidden, Layer, Record, Shown, Theme
from layers._months import complete_to, in_months, later, months
from layers._property_list import property_list
from layers._records import data_versions, home_records, records
from layers._registry import layers
from layers._schema import prepare, tables
from layers._snapshot import LEVEL, Selection, Snapshot, snapshot, version, visible
from layers._survey import QUESTIONS, survey_answers
from layers._target import HOMES_TARGET, SURVEY_TARGET, Target, layer_target
from layers._upkeep import (
    BoundarySet,
    Standing,
    boundary_sets,
    homes,
    keep_boundaries,
    ledger,
    made_up,
    own_homes,
    standing,
    use_boundaries,
)

LAYERS = layers()
"""Every layer of the product, by id."""

tables()

__all__ = [
    "DISTRICT",
    "HOMES_TARGET",
    "LAYERS",
    "LEVEL",
    "PUBLIC",
    "QUESTIONS",
    "SURVEY_TARGET",
    "AreaFigure",
    "Asker",
    "BoundarySet",
    "BoundingBox",
    "Counted",
    "Database",
    "Figures",
    "Hidden",
    "Items",
    "Layer",
    "NotVisible",
    "Record",
    "Report",
    "Selection",
    "Shown",
    "Snapshot",
    "Standing",
    "Target",
    "Theme",
    "areas",
    "boundary_sets",
    "clear_demonstration",
    "complete_to",
    "connect",
    "data_versions",
    "figures",
    "home_records",
    "homes",
    "in_months",
    "ingest",
    "item",
    "items",
    "keep_boundaries",
    "later",
    "layer_target",
    "ledger",
    "made_up",
    "months",
    "own_homes",
    "prepare",
    "property_list",
    "records",
    "role_name",
    "seen",
    "snapshot",
    "standing",
    "survey_answers",
    "use_boundaries",
    "version",
    "visible",
]
