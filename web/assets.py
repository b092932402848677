"""Scripts, styles and fonts: a list of files, served by us, that a browser keeps for good.

Their address holds the hash of them all, so one that changed has another address, and what a style sheet names
beside itself is found beside it.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass, replace
from functools import cache, cached_property
from mimetypes import guess_type
from pathlib import Path

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from api.errors import NotFound
from api.settings import REPOSITORY
from geo.errors import Refused
from maps.colours import custom_properties

router = APIRouter(include_in_schema=False)

_FONT = "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next"

_PACKAGES = {
    "leaflet.css": "leaflet/dist/leaflet.css",
    "maplibre-gl-worker.js": "maplibre-gl/dist/maplibre-gl-csp-worker.js",
    "atkinson.woff2": f"{_FONT}-latin-wght-normal.woff2",
    "atkinson-extended.woff2": f"{_FONT}-latin-ext-wght-normal.woff2",
}
_COMPRESSED = {".woff2"}
_IMPORT = re.compile(rb'\b(?:from|import)"\./([\w.-]+\.js)"')
"""As esbuild writes it; what is fetched when it is first needed has parentheses."""
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file."""

    content: bytes
    media_type: str
    compressed: bool
    """Whether it is compressed by its format already."""

    @cached_property
    def gzipped(self) -> bytes:
        """The file compressed, once."""
        return gzip.compress(self.content, mtime=0)


@dataclass(frozen=True)
class Assets:
    """All files by name, and the hash that their addresses hold."""

    files: dict[str, Asset]
    version: str

    def address(self, name: str) -> str:
        """Where a file is served. A KeyError for one that is not in the list."""
        self.files[name]
        return f"/assets/{self.version}/{name}"

    @cached_property
    def styles(self) -> Markup:
        """The style sheet as it is written into a page: one way to the server less before anything is painted."""
        return Markup(self.files["site.css"].content.decode().replace('url("', f'url("/assets/{self.version}/'))


@cache
def assets() -> Assets:
    """The files as they are now; read once.

    Raises
    ------
    Refused
        A file is missing: the packages are not installed, or scripts and styles not built.
    """
    paths = {name: REPOSITORY / "node_modules" / path for name, path in _PACKAGES.items()}
    built = REPOSITORY / "maps" / "static" / "build"
    paths |= {path.name: path for path in (*sorted(built.glob("*.js")), built / "start.js", built / "site.css")}
    missing = [str(path.relative_to(REPOSITORY)) for path in paths.values() if not path.is_file()]
    if missing:
        raise Refused(f"{missing[0]} is missing: run `npm ci` and `npm run build`.")
    files = {name: _asset(path) for name, path in paths.items()}
    files["site.css"] = replace(files["site.css"], content=files["site.css"].content + custom_properties().encode())
    digest = hashlib.sha256()
    for name, file in sorted(files.items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(file.content).digest())
    return Assets(files, digest.hexdigest()[:16])


@cache
def modules(name: str) -> tuple[str, ...]:
    """The addresses of a module and of all that it imports, however deep; itself first."""
    found = [name]
    for each in found:
        imported = _IMPORT.findall(assets().files[each].content)
        found += [other for other in map(bytes.decode, imported) if other not in found]
    return tuple(map(assets().address, found))


def _asset(path: Path) -> Asset:
    kind = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
    media_type = kind.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    return Asset(path.read_bytes(), media_type, path.suffix in _COMPRESSED)


@router.get("/assets/{version}/{name}")
def asset(request: Request, version: str, name: str) -> Response:
    """One file; under another version too, for a page that was made before an update, but then not for good."""
    found = assets().files.get(name)
    if found is None:
        raise NotFound(f"There is no file {name}.")
    headers = {"Cache-Control": _FOREVER if version == assets().version else "no-store"}
    if found.compressed:
        return Response(found.content, media_type=found.media_type, headers=headers)
    headers["Vary"] = "Accept-Encoding"
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.gzipped, media_type=found.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(found.content, media_type=found.media_type, headers=headers)
