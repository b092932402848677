from typing import Any

import pytest
from starlette.requests import Request

from api.listing import Page, bounding_box, collection_links, feature_collection, item_links
from geo.errors import Refused

REQUEST = Request({"type": "http", "scheme": "https", "server": ("a.test", 443), "path": "/", "headers": []})


def page(matched: int, features: int, **asked: Any) -> dict[str, str]:
    """The links of a page of so many features, by relation."""
    made = feature_collection(REQUEST, "things", Page(**asked), [{}] * features, matched)
    assert (made["numberMatched"], made["numberReturned"]) == (matched, features)
    return {link["rel"]: link["href"] for link in made["links"]}


def test_a_page_leads_to_itself_and_the_next() -> None:
    """With what was asked for, and from where it ended; the last leads nowhere."""
    here = "https://a.test/api/collections/things/items"
    assert page(9, 4, bbox="1,2,3,4", limit=4) == {
        "self": f"{here}?bbox=1%2C2%2C3%2C4&limit=4",
        "next": f"{here}?bbox=1%2C2%2C3%2C4&limit=4&offset=4",
    }
    assert page(9, 1, limit=4, offset=8) == {"self": f"{here}?limit=4&offset=8"}
    assert page(0, 0) == {"self": here}


def test_links_carry_names_that_are_no_paths() -> None:
    """A reference with a space or a mark in it is quoted; its title is not."""
    here = "https://a.test/api/collections/things"
    own, collection = item_links(REQUEST, "things", "Things", "a b?c")
    assert (own["href"], own["title"], collection["href"]) == (f"{here}/items/a%20b%3Fc", "a b?c", here)
    assert [link["rel"] for link in collection_links(REQUEST, "things", "Things")] == ["self", "items"]


@pytest.mark.parametrize("text", ["-1,51,1,52", "-1,51,0,1,52,100", " -1, 51,1 ,52"])
def test_a_window_is_four_numbers_or_six(text: str) -> None:
    """Heights are left aside."""
    assert bounding_box(text) == (-1, 51, 1, 52)


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "1,52,0,53", "0,53,1,52", "nan,0,1,1", "0,0,181,1"]
)
def test_what_is_no_window_is_refused(text: str) -> None:
    """In a sentence."""
    with pytest.raises(Refused, match=r"bbox is .*\."):
        bounding_box(text)
