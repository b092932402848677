"""Evidence. Rows leave this package through these functions only, and each asks who is looking.

What asks nobody (`ingest`, `publish`, `homes`, `ledger`
and the like) is the upkeep of whoever owns the database: counts and names of files, no rows.
"""

from evidence.access.close_up import close_up
from evidence.access.log import AccessEvent, Entry, access_log, is_logged, log_access, sign_in_failures
from evidence.boundary_sets import DISTRICT
from evidence.calendar import Calendar, MonthState, lacking_in_words
from evidence.database import PUBLIC, Database, NotVisible, Role, Viewer, connect, role_name, secret, user
from evidence.disclosure.dated_changes import ChangedPart, DatedChange, DatedChanges, read_dated_changes
from evidence.disclosure.figures import Level
from evidence.disclosure.publish import Difference, disclosed_definitions, publish
from evidence.disclosure.read import latest_publication, publications, published_figures
from evidence.figures import AreaFigure, Figures, figures
from evidence.intake.ingest import Report, clear_demonstration, ingest
from evidence.intake.ingest_rows import ingest_rows
from evidence.intake.property_list import property_list
from evidence.intake.target import HOMES_TARGET, SURVEY_TARGET, Target, layer_target
from evidence.items import BoundingBox, Items, areas, item, items, layers_with_records, records_table
from evidence.months import YEAR, add_months, in_months, last_complete_month, month_number, month_numbers, months
from evidence.postcodes import import_postcodes, postcode_place, postcodes
from evidence.records import data_versions, home_records, records, source_calendar
from evidence.schema import prepare
from evidence.snapshot import LEVEL, Selection, Snapshot, snapshot, version, visible
from evidence.survey import QUESTIONS, survey_answers
from evidence.themes import theme_of_rows, themes_of_layer
from evidence.upkeep import (
    BoundarySet,
    Standing,
    boundary_sets,
    homes,
    is_demonstration,
    ledger,
    made_up,
    note_month,
    own_homes,
    private_evidence,
    save_boundaries,
    standing,
    use_boundaries,
)

__all__ = [
    "DISTRICT",
    "HOMES_TARGET",
    "LEVEL",
    "PUBLIC",
    "QUESTIONS",
    "SURVEY_TARGET",
    "YEAR",
    "AccessEvent",
    "AreaFigure",
    "BoundarySet",
    "BoundingBox",
    "Calendar",
    "ChangedPart",
    "Database",
    "DatedChange",
    "DatedChanges",
    "Difference",
    "Entry",
    "Figures",
    "Items",
    "Level",
    "MonthState",
    "NotVisible",
    "Report",
    "Role",
    "Selection",
    "Snapshot",
    "Standing",
    "Target",
    "Viewer",
    "access_log",
    "add_months",
    "areas",
    "boundary_sets",
    "clear_demonstration",
    "close_up",
    "connect",
    "data_versions",
    "disclosed_definitions",
    "figures",
    "home_records",
    "homes",
    "import_postcodes",
    "in_months",
    "ingest",
    "ingest_rows",
    "is_demonstration",
    "is_logged",
    "item",
    "items",
    "lacking_in_words",
    "last_complete_month",
    "latest_publication",
    "layer_target",
    "layers_with_records",
    "ledger",
    "log_access",
    "made_up",
    "month_number",
    "month_numbers",
    "months",
    "note_month",
    "own_homes",
    "postcode_place",
    "postcodes",
    "prepare",
    "private_evidence",
    "property_list",
    "publications",
    "publish",
    "published_figures",
    "read_dated_changes",
    "records",
    "records_table",
    "role_name",
    "save_boundaries",
    "secret",
    "sign_in_failures",
    "snapshot",
    "source_calendar",
    "standing",
    "survey_answers",
    "theme_of_rows",
    "themes_of_layer",
    "use_boundaries",
    "user",
    "version",
    "visible",
]
