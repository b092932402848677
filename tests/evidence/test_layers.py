"""What every layer keeps to. No layer is named here: a new file in layers/ is tested as it is."""

import asyncio
import re
from collections.abc import Callable
from datetime import date
from inspect import iscoroutine, isfunction, signature
from itertools import combinations, product

import pytest
from pydantic import AliasChoices
from pydantic.fields import FieldInfo

import evidence
from evidence import PUBLIC, Database, NotVisible, Selection, Viewer
from evidence.intake.columns import simplified
from layers._layer import Happened, Layer, Place, Shown, Synonyms, Theme, codes, metadata, optional, plain
from layers._registry import LAYERS

PAGES_OF_THE_API = {"estates"}
WHAT_ELSE_IS_IMPORTED = {"homes", "boundaries", "survey"}
ENOUGH_CONTRAST = 6.0
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")

of_every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


def names(name: str, field: FieldInfo) -> set[str]:
    """The column names by which a field is recognised."""
    others = field.validation_alias
    return {simplified(str(each)) for each in (name, *(others.choices if isinstance(others, AliasChoices) else ()))}


def test_the_contrast_of_known_colours(luminance: Callable[[str], float]) -> None:
    """Black on white is 21:1 and #767676 the lightest grey of 4.5:1, as WCAG says; red is 0.2126 as light as white."""
    assert luminance("#ff0000") == pytest.approx(0.2126)
    assert 1.05 / (luminance("#000000") + 0.05) == pytest.approx(21)
    assert 1.05 / (luminance("#767676") + 0.05) == pytest.approx(4.54, abs=0.005)


@of_every_layer
def test_the_id_is_a_safe_name_of_a_table_an_address_and_a_command(layer: Layer) -> None:
    """It names a table, a collection and what is imported, and collides with none that is there."""
    assert NAME.fullmatch(layer.id)
    assert layer.id not in PAGES_OF_THE_API | WHAT_ELSE_IS_IMPORTED


@of_every_layer
def test_a_layer_says_what_it_is_and_whose(layer: Layer) -> None:
    """Title, nouns, publisher, licence and what a record is are there for every page."""
    words = (layer.title, *layer.noun, layer.publisher, layer.licence, layer.record.__doc__ or "")
    assert all(word.strip() == word != "" for word in words)
    assert layer.title[0].isupper()
    assert layer.noun[0] != layer.noun[1]


@of_every_layer
def test_every_field_has_a_safe_name_and_a_description(layer: Layer) -> None:
    """The description becomes the column's comment and the label in popups."""
    for name, field in layer.record.model_fields.items():
        assert NAME.fullmatch(name)
        assert field.description
        assert field.description[0].isupper()


@of_every_layer
def test_fields_of_the_record_are_not_those_that_say_where_and_whence(layer: Layer) -> None:
    """A field called estate would be overwritten by the estate that was found."""
    made = {*Place.model_fields, "geom", "located_by", "source_row", "import_id"}
    assert not made & set(layer.record.model_fields)


@of_every_layer
def test_the_category_is_a_code_list_that_no_row_leaves_empty(layer: Layer) -> None:
    """Every row is of one category."""
    field = layer.record.model_fields[layer.category]
    assert len(codes(field)) > 1
    assert not optional(field)


@of_every_layer
def test_a_row_is_dated_by_a_day_that_has_happened(layer: Layer) -> None:
    """The date by which rows are counted is required, and cannot lie in the future."""
    field = layer.record.model_fields[layer.happened]
    assert plain(field) is date
    assert not optional(field)
    assert any(isinstance(item, Happened) for item in metadata(field))


@of_every_layer
def test_themes_are_given_for_categories_that_there_are(layer: Layer) -> None:
    """A misspelt category would fall to the theme other without a word."""
    assert set(layer.themes) <= set(layer.categories)
    assert all(isinstance(theme, Theme) for theme in layer.themes.values())


@of_every_layer
def test_what_comes_first_and_what_later_are_two_dates(layer: Layer) -> None:
    """A chronology names date fields of the record."""
    for pair in layer.chronology:
        assert len(set(pair)) == 2
        assert all(plain(layer.record.model_fields[name]) is date for name in pair)


@of_every_layer
def test_what_is_shown_has_what_a_public_map_needs(layer: Layer) -> None:
    """Shown fields are fields of the record, once each, with the reference, the category and the date."""
    if isinstance(layer.disclosure, Shown):
        shown = layer.disclosure.fields
        assert len(set(shown)) == len(shown)
        assert {"reference", layer.category, layer.happened} <= set(shown) <= set(layer.record.model_fields)


@of_every_layer
def test_synonyms_are_of_codes_and_mean_one_each(layer: Layer) -> None:
    """No spelling stands for two codes, nor for another code than the one whose name it is."""
    for name, field in layer.record.model_fields.items():
        also = next((item.of for item in metadata(field) if isinstance(item, Synonyms)), {})
        assert set(also) <= set(codes(field)), name
        spellings = {code: {simplified(each) for each in (code, *also.get(code, ()))} for code in codes(field)}
        assert all("" not in each for each in spellings.values()), name
        for one, another in combinations(spellings, 2):
            assert not spellings[one] & spellings[another], (name, one, another)


@of_every_layer
def test_a_column_means_one_field(layer: Layer) -> None:
    """No column name is recognised for two fields, those of the place included."""
    fields = {**layer.record.model_fields, **Place.model_fields}
    for one, another in combinations(fields, 2):
        assert not names(one, fields[one]) & names(another, fields[another]), (one, another)


@of_every_layer
def test_the_hue_is_legible_on_white(layer: Layer, luminance: Callable[[str], float]) -> None:
    """The contrast of every hue on white is 6:1 or better, by WCAG's formula."""
    assert re.fullmatch(r"#[0-9a-f]{6}", layer.hue)
    assert 1.05 / (luminance(layer.hue) + 0.05) >= ENOUGH_CONTRAST


def test_no_two_layers_look_the_same() -> None:
    """Each layer has a hue of its own, and a marker that tells it from others without colour."""
    assert len({layer.hue for layer in LAYERS.values()}) == len(LAYERS)
    assert len({(layer.marker, layer.title) for layer in LAYERS.values()}) == len(LAYERS)


def answer_of(given: object) -> object:
    """What a function gave, also where it has to be waited for."""
    return asyncio.run(given) if iscoroutine(given) else given


def test_no_function_of_the_front_door_gives_the_public_what_is_not_shown(settled: Database) -> None:
    """Every function that asks who is looking and for which layer is tried, whatever functions there will be."""
    asking = [
        function
        for name in evidence.__all__
        if isfunction(function := getattr(evidence, name))
        and {"viewer", "layer"} <= set(signature(function).parameters)
    ]
    assert asking
    for layer, function in product(LAYERS.values(), asking):
        known = {
            "database": settled,
            "viewer": PUBLIC,
            "layer": layer,
            "selection": Selection(),
            "reference": "1/00001",
        }
        known["cell_width"] = 1.0
        values = {name: known[name] for name in signature(function).parameters if name in known}
        # Published figures have been through disclosure control, and anybody may see them.
        if not isinstance(layer.disclosure, Shown) and function is not evidence.published_figures:
            with pytest.raises(NotVisible):
                answer_of(function(**values))
        answer_of(function(**values | {"viewer": Viewer("officer", estates=None)}))
