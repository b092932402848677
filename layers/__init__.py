"""Evidence. Rows leave this package through these functions only, and each asks who is looking.

Every module here without a leading underscore is a layer. What asks nobody (`ingest`, `publish`, `homes`, `ledger`
and the like) is the upkeep of whoever owns the database: counts and names of files, no rows.
"""

from layers._audit_log import Deed, Entry, failures, log, note, noted
from layers._boundary_sets import DISTRICT
from layers._changes import Change, Changes, Part, read_changes
from layers._close_up import close_up
from layers._counted import Level
from layers._database import PUBLIC, Asker, Database, NotVisible, Role, connect, role_name, secret
from layers._figures import AreaFigure, Figures, figures
from layers._ingest import Report, clear_demonstration, ingest
from layers._items import BoundingBox, Items, areas, item, items, recorded, seen
from layers._layer import Counted, Hidden, Layer, Record, Shown, Theme
from layers._ledger import user
from layers._months import complete_to, in_months, later, months
from layers._postcodes import import_postcodes, postcode_place, postcodes
from layers._property_list import property_list
from layers._publication import Difference, publish
from layers._published import latest_publication, publications, published_figures
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
    is_demonstration,
    keep_boundaries,
    ledger,
    made_up,
    own_homes,
    private_evidence,
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
    "Change",
    "Changes",
    "Counted",
    "Database",
    "Deed",
    "Difference",
    "Entry",
    "Figures",
    "Hidden",
    "Items",
    "Layer",
    "Level",
    "NotVisible",
    "Part",
    "Record",
    "Report",
    "Role",
    "Selection",
    "Shown",
    "Snapshot",
    "Standing",
    "Target",
    "Theme",
    "areas",
    "boundary_sets",
    "clear_demonstration",
    "close_up",
    "complete_to",
    "connect",
    "data_versions",
    "failures",
    "figures",
    "home_records",
    "homes",
    "import_postcodes",
    "in_months",
    "ingest",
    "is_demonstration",
    "item",
    "items",
    "keep_boundaries",
    "later",
    "latest_publication",
    "layer_target",
    "ledger",
    "log",
    "made_up",
    "months",
    "note",
    "noted",
    "own_homes",
    "postcode_place",
    "postcodes",
    "prepare",
    "private_evidence",
    "property_list",
    "publications",
    "publish",
    "published_figures",
    "read_changes",
    "recorded",
    "records",
    "role_name",
    "secret",
    "seen",
    "snapshot",
    "standing",
    "survey_answers",
    "use_boundaries",
    "user",
    "version",
    "visible",
]
