import pytest

from evidence import HOMES_TARGET, SURVEY_TARGET, layer_target
from layers._layer import Place, optional
from layers._registry import LAYERS

EVERY = {target.name: target for target in (HOMES_TARGET, SURVEY_TARGET, *map(layer_target, LAYERS.values()))}


@pytest.mark.parametrize("name", EVERY)
def test_a_load_fills_every_column_that_the_database_does_not_compute(name: str) -> None:
    """Each field has its column, and no column is left to chance."""
    target = EVERY[name]
    computed = {column.name for column in target.table.columns if column.computed}
    assert set(target.columns) == {column.name for column in target.table.columns} - computed
    assert set(target.fields) <= set(target.columns)
    assert target.table.primary_key.columns.keys() == [target.key]


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_takes_its_record_and_a_place(name: str) -> None:
    """What the record must have, a row must have; the place may be missing altogether."""
    target, layer = EVERY[name], LAYERS[name]
    assert set(target.fields) == {*layer.record.model_fields, *Place.model_fields}
    needed = {field for field, about in layer.record.model_fields.items() if not optional(about)}
    assert {*target.required, "reference"} == needed
    assert ("reference" in target.required) != layer.repeats
    assert (target.layer, target.chronology) == (layer, layer.chronology)


def test_a_home_needs_its_uprn() -> None:
    """And is no layer's: the property list, and nothing else, is always whole."""
    assert (HOMES_TARGET.required, HOMES_TARGET.key, HOMES_TARGET.layer) == (("uprn",), "uprn", None)
    assert [name for name, target in EVERY.items() if target.replaces_all] == ["homes"]


def test_a_respondent_needs_a_reference_and_a_day() -> None:
    """Answers may be missing, and so may all that says where."""
    assert (SURVEY_TARGET.required, SURVEY_TARGET.layer) == (("reference", "completed"), None)


def test_the_target_of_a_layer_is_one_value() -> None:
    """Two viewers get the same."""
    assert all(layer_target(layer) is layer_target(layer) for layer in LAYERS.values())
