import pytest

from evidence.published_tables import published_table
from evidence.tables import table
from layers._layer import Layer, Shown
from layers._registry import LAYERS


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_a_public_copy_has_the_shown_fields_and_the_place(layer: Layer) -> None:
    """Of the types that the layer's own table gives them; no other layer has a copy."""
    copy = published_table(layer)
    if not isinstance(layer.disclosure, Shown):
        assert copy is None
        return
    assert copy is not None
    assert list(copy.c.keys()) == [*layer.disclosure.fields, "longitude", "latitude", "estate"]
    assert {name: type(copy.c[name].type) for name in copy.c.keys()} == {  # noqa: SIM118 - not a dict
        name: type(table(layer).c[name].type)
        for name in copy.c.keys()  # noqa: SIM118 - not a dict
    }
