import re
from pathlib import Path

import maps
from maps.basemap import basemap
from maps.compose import FACTS, Parts, officers_map, place_map, public_map
from maps.extent import Extent
from maps.zooms import MAX_ZOOM, MIN_ZOOM

STATIC = Path(next(iter(maps.__path__))) / "static"
HERE = Extent((-0.85, 51.97, -0.65, 52.1), (-0.9, 51.9, -0.6, 52.2))
ADDRESS = re.compile(r"https?://[^/\"' ]+")


def composed(setting: str | Path = "none", label: str = "Map", attribution: str = "Somebody") -> list[Parts]:
    """Every map."""
    base = basemap(setting)  # type: ignore[arg-type]
    return [compose(HERE, label, attribution, base) for compose in (officers_map, public_map, place_map)]


def test_a_map_calls_no_other_host() -> None:
    """Folium's own page would call four."""
    for parts in composed():
        assert ADDRESS.findall(parts.html + parts.script) == []


def test_a_basemap_adds_its_host_and_no_other() -> None:
    """Its tiles, in the first layer that is drawn."""
    for parts in composed("openstreetmap"):
        assert set(ADDRESS.findall(parts.html + parts.script)) == {"https://tile.openstreetmap.org"}
        assert parts.script.index("openstreetmap") < parts.script.index("drawing.mask")


def test_a_map_has_no_styles_that_a_strict_policy_would_refuse() -> None:
    """Neither style elements nor style attributes, and its script brings no tags."""
    for parts in composed():
        assert "style" not in parts.html
        assert "<" not in parts.script


def test_every_function_that_a_map_calls_is_in_its_module() -> None:
    """What Python names, with any basemap, JavaScript exports; and it exports nothing else."""
    for parts, others in zip(composed(), composed(Path("mk.pmtiles")), strict=True):
        exported = re.findall(r"^export \{ (.+) \}", (STATIC / parts.module).read_text(), re.M)
        called = set(re.findall(r"drawing\.(\w+)\(", parts.script + others.script))
        assert {"mask", "pmtiles", "roads", "names", "controls"} < called
        assert called == {name for names in exported for name in names.split(", ")}


def test_every_fact_is_read_by_a_module() -> None:
    """What scripts are told of every map, by its name."""
    scripts = "".join(file.read_text() for file in STATIC.glob("*.js"))
    for group in ("shading", "zooms"):
        assert all(re.search(rf"\b{group}\.{name}\b", scripts) for name in FACTS[group])
    assert set(FACTS) == {"colours", "shading", "zooms", "equator"}


def test_data_cannot_end_the_script() -> None:
    """An attribution comes from a file that somebody imported."""
    for parts in composed(label="</script><b>", attribution="</script><script>alert(1)//"):
        assert "</script" not in parts.script


def test_the_layer_control_has_two_shadings_and_four_overlays() -> None:
    """One shading at a time; the surface is off at first."""
    officers, public, place = composed()
    control = officers.script[officers.script.index("base_layers :") :]
    assert re.findall(r'"([^"]+)" : (\w+?)_', control.split("let ")[0]) == [
        ("Rate by estate", "rate"),
        ("Heat surface", "heat"),
        ("Hotspots", "hotspots"),
        ("Single records (zoom in)", "records"),
        ("Grid roads", "roads"),
        ("Names", "names"),
    ]
    assert len(re.findall(r"\bheat_\w+\.addTo", officers.script)) == 0
    assert len(re.findall(r"\brate_\w+\.addTo", officers.script)) == 1
    assert "layers" not in public.script + place.script


def test_a_map_can_be_zoomed_between_limits() -> None:
    """Without a basemap folium would set none, and clustering needs them."""
    for parts in composed():
        assert f'"minZoom": {MIN_ZOOM}' in parts.script
        assert f'"maxZoom": {MAX_ZOOM}' in parts.script
