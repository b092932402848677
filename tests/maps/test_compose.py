import re
from pathlib import Path

import pytest

import maps
from maps.basemap import basemap
from maps.compose import Parts, officers_map, public_map
from maps.extent import Extent

STATIC = Path(next(iter(maps.__path__))) / "static"
HERE = Extent((-0.85, 51.97, -0.65, 52.1), (-0.9, 51.9, -0.6, 52.2))
ADDRESS = re.compile(r"https?://[^/\"' ]+")


def composed(setting: str = "none", label: str = "Map", attribution: str = "Somebody") -> list[Parts]:
    """Both maps."""
    base = basemap(setting)  # type: ignore[arg-type]
    return [compose(HERE, label, attribution, base) for compose in (officers_map, public_map)]


def test_a_map_calls_no_other_host() -> None:
    """Folium's own page would call four."""
    for parts in composed():
        assert ADDRESS.findall(parts.html + parts.script) == []


def test_a_basemap_adds_its_host_and_no_other() -> None:
    """Its tiles, in the first layer that is drawn."""
    for parts in composed("openstreetmap"):
        assert set(ADDRESS.findall(parts.html + parts.script)) == {"https://tile.openstreetmap.org"}
        assert parts.script.index("openstreetmap") < parts.script.index("priorities.mask")


def test_a_map_has_no_styles_that_a_strict_policy_would_refuse() -> None:
    """Neither style elements nor style attributes, and its script brings no tags."""
    for parts in composed():
        assert "style" not in parts.html
        assert "<" not in parts.script


def test_every_function_that_a_map_calls_is_in_a_script() -> None:
    """What Python names, JavaScript has."""
    there = set(re.findall(r"priorities\.(\w+) = ", "".join(file.read_text() for file in STATIC.glob("*.js"))))
    called = {name for parts in composed() for name in re.findall(r"priorities\.(\w+)\(", parts.script)}
    assert {"estates", "rate", "heat", "records", "roads", "names", "projects", "controls"} <= called
    assert called <= there


def test_data_cannot_end_the_script() -> None:
    """An attribution comes from a file that somebody imported."""
    for parts in composed(label="</script><b>", attribution="</script><script>alert(1)//"):
        assert "</script" not in parts.script


def test_the_layer_control_has_two_shadings_and_four_overlays() -> None:
    """One shading at a time; the surface is off at first."""
    officers, public = composed()
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
    assert "layers" not in public.script


@pytest.mark.parametrize("number", [0, 1])
def test_a_map_can_be_zoomed_between_limits(number: int) -> None:
    """Without a basemap folium would set none, and clustering needs them."""
    script = composed()[number].script
    assert '"minZoom": 9' in script
    assert '"maxZoom": 19' in script
