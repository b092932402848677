"""What residents may send, as they type it: each field with its rule, in sentences that say what to do."""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, ValidationInfo

from geo.council import COUNCIL
from layers.projects import LAYER

KINDS = LAYER.categories

Inside = Callable[[float, float], bool]
"""Whether a place (longitude, latitude; degrees, WGS84) lies in the district."""


def _text_rule(name: str, most: int, empty: str = "") -> AfterValidator:
    """Words of a person: no more than so many characters, and where `empty` says what to enter, not none."""

    def within_limits(text: str) -> str:
        if empty and not text:
            raise ValueError(empty)
        if len(text) > most:
            raise ValueError(f"{name} must be {most:,} characters or fewer. You have used {len(text):,}")
        return text

    return AfterValidator(within_limits)


def plain(text: str) -> str:
    """Words as they are kept: composed (NFC), without control characters but line ends, without space around them."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(each for each in composed if each in "\n\t" or unicodedata.category(each) != "Cc").strip()


def _kind(text: str) -> str:
    if text not in KINDS:
        raise ValueError("Choose what kind of project it is")
    return text


def _point(text: str, info: ValidationInfo) -> str:
    """A place on the map as "latitude,longitude"; of the hidden field that the map fills in."""
    if not text:
        return text
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise ValueError("Choose the place on the map again, or say where it is in words") from None
    if not (info.context or {}).get("inside", lambda *place: True)(longitude, latitude):
        raise ValueError(f"The place on the map must be in {COUNCIL.district}. Choose it again")
    return text


def _postcode(text: str) -> str:
    wanted = re.sub(r"\s", "", text).upper()
    if wanted and not re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}", wanted, re.ASCII):
        raise ValueError(f"Enter a full postcode, like {COUNCIL.examples.postcode}, or leave it empty")
    return f"{wanted[:-3]} {wanted[-3:]}" if wanted else ""


def _somewhere(text: str, info: ValidationInfo) -> str:
    # A field of its own that is not right is told there, and not here again.
    if not text and not any(info.data.get(name, True) for name in ("point", "postcode")):
        raise ValueError("Say where it would be: on the map, by postcode or in words")
    return text


def _email(text: str, info: ValidationInfo) -> str:
    if not text and not info.data.get("phone", True):
        raise ValueError("Enter an e-mail address or a telephone number, so that we can answer")
    if text and not re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\".]+", text):
        raise ValueError("Enter an e-mail address in the right form, like name@example.com")
    return text


def _phone(text: str) -> str:
    if text and (len(re.sub(r"\D", "", text)) < 7 or not re.fullmatch(r"[\d\s()+.x-]+", text, re.ASCII)):
        raise ValueError(f"Enter a telephone number, like {COUNCIL.examples.telephone}")
    return text


class Submission(BaseModel):
    """What everybody who sends something says: who they are and how to answer them."""

    # The rules of empty fields, too, so that all that is missing is said at once.
    model_config = ConfigDict(frozen=True, extra="ignore", validate_default=True)

    name: Annotated[str, _text_rule("Name", 100, "Enter your name")] = ""
    phone: Annotated[str, _text_rule("Telephone number", 30), AfterValidator(_phone)] = ""
    email: Annotated[str, _text_rule("E-mail address", 254), AfterValidator(_email)] = ""
    share: str = ""
    """"yes" if name and contact may be given to the residents concerned."""


class Proposal(Submission):
    """A project that somebody proposes."""

    type: Annotated[str, AfterValidator(_kind)] = ""
    title: Annotated[str, _text_rule("Title", 100, "Enter a title for the project")] = ""
    what: Annotated[str, _text_rule("What it is about", 2000, "Say what the project is about")] = ""
    point: Annotated[str, _text_rule("Place on the map", 60), AfterValidator(_point)] = ""
    postcode: Annotated[str, AfterValidator(_postcode)] = ""
    words: Annotated[str, _text_rule("Where it would be", 200), AfterValidator(_somewhere)] = ""
    when: Annotated[str, _text_rule("When", 200)] = ""


class Offer(Submission):
    """An offer to help with a project."""

    project: Annotated[str, _text_rule("Project", 200)] = ""
    what: Annotated[str, _text_rule("What you can do", 1000, "Say what you can do")] = ""


def read_submission(
    kind: type[Submission], typed: dict[str, str], inside: Inside | None = None
) -> Submission | dict[str, str]:
    """What was typed as a value, or what is wrong with it by field, in the order of the form.

    Parameters
    ----------
    inside
        Whether a place lies in the district; not looked at without it.
    """
    try:
        known = {name: plain(text) for name, text in typed.items() if name in kind.model_fields}
        return kind.model_validate(known, context={"inside": inside} if inside else None)
    except ValidationError as error:
        told: dict[str, str] = {}
        for each in error.errors():
            told.setdefault(str(each["loc"][0]), each["msg"].removeprefix("Value error, "))
        # Who sent it is asked for at the end.
        return dict(sorted(told.items(), key=lambda each: each[0] in Submission.model_fields))


def place_of(submission: Any) -> tuple[float, float] | None:
    """Longitude and latitude (degrees, WGS84) of the point of a proposal; None without one."""
    point = getattr(submission, "point", "")
    if not point:
        return None
    latitude, longitude = (float(part) for part in point.split(","))
    return longitude, latitude
