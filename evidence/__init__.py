"""Evidence. Rows leave this package through these functions only, and each asks who is looking.

What asks nobody (`ingest`, `publish`, `homes`, `ledger`
and the like) is the upkeep of whoever owns the database: counts and names of files, no rows.
"""

from evidence.access.close_up import close_up
from evidence.access.log import Deed, Entry, failures, log, note, noted
from evidence.boundary_sets import DISTRICT
from evidence.database import PUBLIC, Asker, Database, NotVisible, Role, connect, role_name, secret, user
from evidence.disclosure.dated_changes import Change, Changes, Part, read_changes
from evidence.disclosure.figures import Level
from evidence.disclosure.publish import Difference, publish
from evidence.disclosure.read import latest_publication, publications, published_figures
from evidence.figures import AreaFigure, Figures, figures
from evidence.intake.ingest import Report, clear_demonstration, ingest
from evidence.intake.property_list import property_list
from evidence.intake.target import HOMES_TARGET, SURVEY_TARGET, Target, layer_target
from evidence.items import BoundingBox, Items, areas, item, items, recorded, seen
from evidence.months import complete_to, in_months, later, months
from evidence.postcodes import import_postcodes, postcode_place, postcodes
from evidence.records import data_versions, home_records, records
from evidence.schema import prepare, tables
from evidence.snapshot import LEVEL, Selection, Snapshot, snapshot, version, visible
from evidence.survey import QUESTIONS, survey_answers
from evidence.upkeep import (
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

tables()

__all__ = [
    "DISTRICT",
    "HOMES_TARGET",
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
    "Database",
    "Deed",
    "Difference",
    "Entry",
    "Figures",
    "Items",
    "Level",
    "NotVisible",
    "Part",
    "Report",
    "Role",
    "Selection",
    "Snapshot",
    "Standing",
    "Target",
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
