import pytest

from plans.submission import Offer, Proposal, place_of, plain, read_submission

GIVEN = {
    "type": "noticeboard",
    "title": "A board",
    "what": "For news.",
    "words": "By the shops",
    "name": "Ann",
    "email": "ann@example.com",
}


def errors_of_proposal(**changes: str) -> dict[str, str]:
    """What is told of a proposal that is right but for the changes."""
    found = read_submission(
        Proposal, {**GIVEN, **changes}, lambda longitude, latitude: -1 < longitude < 0 and 51 < latitude < 53
    )
    return found if isinstance(found, dict) else {}


def test_what_is_right_is_read_as_it_was_typed() -> None:
    """Fields that nobody asked for are left out."""
    found = read_submission(Proposal, {**GIVEN, "postcode": "mk63ab ", "point": "52.04,-0.75", "admin": "yes"})
    assert isinstance(found, Proposal)
    assert (found.postcode, found.title, place_of(found)) == ("MK6 3AB", "A board", (-0.75, 52.04))
    assert place_of(read_submission(Proposal, GIVEN)) is None


def test_all_that_is_missing_is_said_at_once_in_the_order_of_the_form() -> None:
    """Each in a sentence that says what to enter."""
    found = read_submission(Proposal, {})
    assert list(found) == ["type", "title", "what", "words", "name", "email"]
    assert isinstance(found, dict)
    assert all(each.startswith(("Enter", "Choose", "Say")) for each in found.values())
    assert list(read_submission(Offer, {})) == ["what", "name", "email"]


@pytest.mark.parametrize(
    "changes",
    [
        {"words": "", "postcode": "MK6 3AB"},
        {"words": "", "point": "52,-0.7"},
        {"email": "", "phone": "(01908) 691-691"},
        {"name": "Ó Súilleabháin 🏡 مرحبا <b>'; DROP TABLE"},
        {"email": "a+b@sub.example.co.uk", "phone": "+44 7700 900000"},
    ],
)
def test_one_place_and_one_way_to_answer_are_enough(changes: dict[str, str]) -> None:
    """And a name is whatever somebody says it is."""
    assert errors_of_proposal(**changes) == {}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *((name, "x" * 10_000) for name in ("title", "what", "words", "postcode", "when", "name", "email", "phone")),
        ("type", "a castle"),
        ("type", "'; DROP TABLE project--"),
        ("postcode", "SW1"),
        ("postcode", "MK\uff16 3AB"),
        ("point", "here"),
        ("point", "52"),
        ("point", "nan,nan"),
        ("point", "52.0,-1.5"),
        ("point", "1e999,1e999"),
        ("email", "ann at example.com"),
        ("email", '"><script>@example.com'),
        ("phone", "call me"),
        ("phone", "🏡🏡🏡🏡🏡🏡🏡"),
    ],
)
def test_what_is_not_right_is_told_at_its_field(field: str, text: str) -> None:
    """And nowhere else: neither long nor strange text breaks anything."""
    assert list(errors_of_proposal(**{field: text})) == [field]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a\0b\x07", "ab"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("  a  ", "a"),
        ("e\u0301", "é"),
        ("🏡 مرحبا", "🏡 مرحبا"),
    ],
)
def test_words_are_kept_without_what_nobody_types(typed: str, stored: str) -> None:
    """Control characters go, letters of every script stay."""
    assert plain(typed) == stored


def test_no_field_takes_ten_thousand_characters() -> None:
    """Any field of any kind, with 10,000 characters, is either refused or was short enough to be kept."""
    for kind in (Proposal, Offer):
        for name in kind.model_fields.keys() - {"share"}:
            found = read_submission(kind, {**GIVEN, name: "x" * 10_000})
            assert isinstance(found, dict), (kind, name)
            assert name in found
