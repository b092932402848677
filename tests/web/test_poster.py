from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from markupsafe import Markup

from web.poster import poster
from web.project_view import Project

HOST = "https://priorities.example"
MAP = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 40"><title>Map</title><path d="M0 0h9v9z"/></svg>'
)


def test_a_poster_is_one_a4_sheet_that_can_be_read_aloud(project_of: Callable[..., Project]) -> None:
    """Tagged, with a title and a language, in the site's own font, embedded."""
    made = project_of(
        summary="Vegetables & flowers.", help="Come on Saturdays.", group="Beech Growers", funder="Parish"
    )
    read = pypdf.PdfReader(BytesIO(poster(made, HOST, MAP, "© Somebody")))
    assert len(read.pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in read.pages[0].mediabox[2:]] == [210, 297]
    words = " ".join(read.pages[0].extract_text().split())
    for told in (
        "Beans for Beech",
        "Vegetables & flowers.",
        "Come on Saturdays.",
        "Beech Growers",
        "Paid for by: Parish",
    ):
        assert told in words
    assert read.metadata and read.metadata.title == "Beans for Beech"
    root: Any = read.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    resources: Any = read.pages[0]["/Resources"]
    fonts = [font.get_object() for font in resources["/Font"].values()]
    assert all("Atkinson" in font["/BaseFont"] for font in fonts)


@pytest.mark.parametrize("words", ["short", "A very long word " * 12, "W" * 200, "🏡 مرحبا <b>&amp; " * 10])
def test_the_code_on_the_poster_leads_to_the_project(project_of: Callable[..., Project], words: str) -> None:
    """A real reader reads it off the printed sheet, however long the words are; they stay on one sheet."""
    made = project_of(reference="a/b 'c", title=words[:200], summary=words * 20, help=words * 20, group=words[:200])
    document = pypdfium2.PdfDocument(poster(made, HOST, MAP, "© Somebody"))
    assert len(document) == 1
    picture = document[0].render(scale=2).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == HOST + made.address
    assert code.format == zxingcpp.BarcodeFormat.QRCode
