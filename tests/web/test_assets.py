import gzip
import re

import pytest
from fastapi.testclient import TestClient

from maps.colours import custom_properties
from web.assets import assets, modules

NAMES = re.compile(rb'(?:new URL\("|"\./)([\w-]+\.[\w.-]+)"')
SHEETS = re.compile(rb'url\("?([^")]+)"?\)')


def test_every_file_of_the_list_is_served_for_good(stranger: TestClient) -> None:
    """With its type, compressed for those who take it, and with an address that changes when a file does."""
    for name, file in assets().files.items():
        answer = stranger.get(assets().address(name), headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.content == file.content
        assert answer.headers["content-type"].split(";")[0] == file.media_type.split(";")[0]
        assert "immutable" in answer.headers["cache-control"]
        assert (answer.headers.get("content-encoding") == "gzip") == (not name.endswith(".woff2"))
        assert gzip.decompress(file.gzipped) == file.content


def test_who_takes_no_compression_gets_the_file_as_it_is(stranger: TestClient) -> None:
    """And caches are told that there are two."""
    answer = stranger.get(assets().address("start.js"), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == assets().files["start.js"].content


def test_a_page_from_before_an_update_gets_the_new_file_but_not_for_good(stranger: TestClient) -> None:
    """Another version's address answers, and nobody keeps it."""
    answer = stranger.get("/assets/0000000000000000/site.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["nothing.js", "..%2F..%2Fapi%2Fsettings.py", "%2Fetc%2Fpasswd"])
def test_nothing_else_is_served(stranger: TestClient, name: str) -> None:
    """Only names in the list: a path is none."""
    assert stranger.get(f"/assets/{assets().version}/{name}").status_code == 404


def test_what_our_style_sheet_names_is_there() -> None:
    """The fonts, beside it; no other host and no typeface of the government's."""
    content = assets().files["site.css"].content
    named = {found.decode() for found in SHEETS.findall(content) if not found.startswith((b"data:", b"#"))}
    assert named == {"atkinson.woff2", "atkinson-extended.woff2"}
    assert named <= set(assets().files)
    assert b"GDS Transport" not in content


def test_our_style_sheet_has_every_colour_it_names() -> None:
    """They are added to what Sass made of ours."""
    content = assets().files["site.css"].content.decode()
    assert content.endswith(custom_properties())
    # Those that are given to an element, and have another beside them where they may be missing.
    given = {"--hue", "--fill"}
    assert set(re.findall(r"var\((--[\w-]+)\)", content)) - given <= set(re.findall(r"(--[\w-]+):", content))


def test_our_scripts_name_only_files_of_the_list() -> None:
    """Those that they import, and those that are fetched when they are first needed."""
    scripts = b"".join(file.content for name, file in assets().files.items() if name.endswith(".js"))
    named = {found.decode() for found in NAMES.findall(scripts)}
    assert named >= {"leaflet.css", "maplibre-gl-worker.js"}
    assert any(name.startswith("maplibre-") for name in named - {"maplibre-gl-worker.js"})
    assert named <= set(assets().files)


@pytest.mark.parametrize("name", ["officers-map.js", "public-map.js", "place-map.js"])
def test_all_that_a_module_imports_is_known(name: str) -> None:
    """However deep, each once, itself first; and nothing that is fetched when it is needed."""
    names = [address.rpartition("/")[2] for address in modules(name)]
    assert names[0] == name and 1 < len(names) == len(set(names))
    assert not any(each.startswith(("maplibre", "start")) for each in names)
    assert sum(len(assets().files[each].content) for each in names) > 150_000, "Leaflet is there"


def test_what_starts_a_map_needs_nothing_else() -> None:
    """It comes with the page, whose map is fetched later."""
    assert modules("start.js") == (assets().address("start.js"),)
