"""The pages' templates."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.version import VERSION
from geo.council import COUNCIL
from maps.colours import Colour
from maps.numbers import figure
from maps.period import day_in_words, month_in_words


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # In the order given, which says something: of the ranking, and of a record's fields.
    made.policies["json.dumps_kwargs"] = {}
    made.globals |= {"council": COUNCIL, "colour": Colour, "version": VERSION}
    made.filters |= {"figure": figure, "in_words": month_in_words, "day": day_in_words, "sentence": _sentence}
    return made


def render(template: str, **values: Any) -> str:
    """Fill in a template: every value is escaped, and one that is missing is an error."""
    return _environment().get_template(template).render(values)


def _sentence(text: str) -> str:
    """With a capital, and the rest as it is: Jinja's own `capitalize` makes "MK6" into "Mk6"."""
    return text[:1].upper() + text[1:]
