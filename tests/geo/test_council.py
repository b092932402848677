import pytest
from pydantic import ValidationError

from geo.council import COUNCIL, Council


def test_a_layer_is_the_landlords_unless_it_says_whose() -> None:
    """Each layer's file asks by its own id."""
    assert COUNCIL.source("repairs") == COUNCIL.name
    assert COUNCIL.source("police") == COUNCIL.sources["police"] != COUNCIL.name


def test_a_file_with_a_name_that_is_not_known_is_refused() -> None:
    """A slip of the pen would else change nothing, and nobody would notice."""
    with pytest.raises(ValidationError, match="telefone"):
        Council.model_validate({**COUNCIL.model_dump(), "telefone": "1"})
