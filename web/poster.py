"""A project as a poster for a noticeboard: one sheet of A4, tagged so that a screen reader can read it."""

import logging
from base64 import b64encode
from functools import cache, lru_cache
from pathlib import Path

import segno
from markupsafe import Markup
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from web.project_view import Project
from web.templates import render

# A letter that the font lacks is drawn as a box, and not told in the log for each of a hundred posters.
logging.getLogger("weasyprint").setLevel(logging.ERROR)

_FONT = "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-{}-wght-normal.woff2"
_PACKAGES = Path(__file__).parents[1] / "node_modules"


# It takes a second of a processor, and anybody may ask for it.
@lru_cache(maxsize=64)
def poster(project: Project, host: str, locator: Markup | None, attribution: str) -> bytes:
    """A PDF (PDF/UA-1) with the project's own words, its place and a QR code that leads to its page.

    Parameters
    ----------
    host
        Where the service is, as in "https://priorities.example".
    locator
        The small map of its place; None where it has none.
    attribution
        Of the estates' outlines on it.
    """
    address = host + project.address
    # A quarter of the code may be covered by a drawing pin or a snail.
    code = segno.make(address, error="q", micro=False).svg_inline(scale=4, border=4, omitsize=True)
    words = render(
        "poster.html",
        project=project,
        address=address,
        map=locator,
        attribution=attribution,
        fonts=_fonts(),
        code=Markup(code),
    )
    made: bytes = HTML(string=words).write_pdf(pdf_variant="pdf/ua-1", font_config=FontConfiguration())
    return made


@cache
def _fonts() -> tuple[str, ...]:
    files = (_PACKAGES / _FONT.format(part) for part in ("latin", "latin-ext"))
    return tuple(f"data:font/woff2;base64,{b64encode(file.read_bytes()).decode()}" for file in files)
