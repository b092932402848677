from collections import Counter
from collections.abc import Mapping

import pytest
from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from evidence import HOMES_TARGET, layer_target
from evidence.intake.columns import recognise, simplified
from geo.errors import Refused
from layers._registry import LAYERS

TARGETS = {target.name: target for target in (HOMES_TARGET, *map(layer_target, LAYERS.values()))}
FIELDS = {
    "reference": FieldInfo(validation_alias=AliasChoices("ref", "id")),
    "received": FieldInfo(validation_alias=AliasChoices("date", "completed")),
    "text": FieldInfo(),
}


def names(name: str, field: FieldInfo) -> set[str]:
    """Every way in which a column of a field may be called."""
    others = field.validation_alias.choices if isinstance(field.validation_alias, AliasChoices) else []
    return {simplified(each) for each in (name, *map(str, others))}


@pytest.mark.parametrize("name", ["DateReported", "date_reported", " Date reported ", "DATE-REPORTED?"])
def test_case_spaces_and_punctuation_do_not_matter(name: str) -> None:
    """A name is what its letters and digits say."""
    assert simplified(name) == "datereported"


def test_letters_of_other_alphabets_are_letters() -> None:
    """A name is never simplified to nothing because it is not English."""
    assert simplified("Straße Nr. 4") == "strassenr4"


def test_columns_are_found_by_their_own_and_their_other_names() -> None:
    """What nobody recognises is left aside."""
    found = recognise(["Notes", "ID", "Date", "TEXT"], FIELDS, ["reference"], {})
    assert found == {"reference": "ID", "received": "Date", "text": "TEXT"}


def test_a_fields_own_name_comes_first() -> None:
    """Whatever the order of the columns, and then the first of the other names."""
    assert recognise(["id", "ref", "reference"], FIELDS, [], {})["reference"] == "reference"
    assert recognise(["id", "ref"], FIELDS, [], {})["reference"] == "ref"


def test_what_a_person_says_comes_before_everything() -> None:
    """A column that was given for a field is not taken for another one too."""
    found = recognise(["reference", "Job no", "date"], FIELDS, ["reference"], {"reference": "Job no", "text": "date"})
    assert found == {"reference": "Job no", "text": "date"}


def test_a_missing_column_is_named_with_the_way_to_say_it() -> None:
    """The message lists the columns there are, and gives the option to type."""
    with pytest.raises(
        Refused, match=r"for reference, text\. The columns are Job no, date: .*--map reference='Job no'"
    ):
        recognise(["Job no", "date"], FIELDS, ["reference", "received", "text"], {})


def test_two_columns_of_one_name_are_refused_where_it_matters() -> None:
    """Nobody should have to guess which was loaded; saying which settles it, and unknown columns may be alike."""
    columns = ["Ref", "REF", "note", "Note", "Reference"]
    assert recognise(columns, FIELDS, [], {}) == {"reference": "Reference"}
    with pytest.raises(Refused, match=r"reference could be Ref or REF: say which it is, as in --map reference='Ref'"):
        recognise(columns[:4], FIELDS, [], {})
    assert recognise(columns[:4], FIELDS, [], {"reference": "REF"}) == {"reference": "REF"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"colour": "date"}, "no field colour: the fields are rec.*"),
        ({"text": "Date"}, "no column Date: the columns are"),
    ],
)
def test_a_wrong_map_is_refused(given: Mapping[str, str], reason: str) -> None:
    """A field or a column that does not exist is named beside those that do; columns are taken to the letter."""
    with pytest.raises(Refused, match=reason):
        recognise(["ref", "date"], FIELDS, ["reference"], given)


@pytest.mark.parametrize("name", TARGETS)
def test_no_name_stands_for_two_fields(name: str) -> None:
    """Otherwise a column could be taken for another field than the one it is named after."""
    counted = Counter(each for field in TARGETS[name].fields.items() for each in names(*field))
    assert {each: count for each, count in counted.items() if count > 1} == {}


@pytest.mark.parametrize("name", TARGETS)
def test_a_files_own_column_names_are_recognised_as_they_are(name: str) -> None:
    """The fields' names, and their descriptions' usual spelling with spaces and capitals, are found everywhere."""
    fields = TARGETS[name].fields
    spelled = [each.replace("_", " ").title() for each in fields]
    assert recognise(spelled, fields, fields, {}) == dict(zip(fields, spelled, strict=True))


def test_the_columns_of_the_police_are_recognised() -> None:
    """The header of data.police.uk's own files, whose other columns are left aside."""
    header = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type"
    target = TARGETS["police"]
    found = recognise([*header.split(","), "Last outcome category", "Context"], target.fields, target.required, {})
    assert found == {
        "reference": "Crime ID",
        "month": "Month",
        "force": "Falls within",
        "longitude": "Longitude",
        "latitude": "Latitude",
        "location": "Location",
        "crime": "Crime type",
        "outcome": "Last outcome category",
    }
