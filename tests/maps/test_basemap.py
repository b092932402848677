from pathlib import Path

from maps.basemap import basemap, tile_hosts, tile_layer


def test_no_basemap_asks_no_other_host() -> None:
    """Neither does a file of our own."""
    assert tile_hosts("none") == ()
    assert tile_hosts(Path("mk.pmtiles")) == ()
    assert basemap("none").tiles == ""


def test_a_basemap_of_a_service_asks_that_host_only() -> None:
    """The origin, without path and key."""
    assert tile_hosts("openstreetmap") == ("https://tile.openstreetmap.org",)
    assert tile_hosts("ordnance-survey") == ("https://api.os.uk",)


def test_ordnance_survey_is_asked_with_the_key() -> None:
    """In the address of each tile, as its Maps API wants it, and with its attribution."""
    base = basemap("ordnance-survey", "secret")
    assert base.tiles == "https://api.os.uk/maps/raster/v1/zxy/Light_3857/{z}/{x}/{y}.png?key=secret"
    assert "© Crown copyright" in base.attribution


def test_the_tile_layer_carries_attribution_and_the_origin() -> None:
    """OpenStreetMap asks for both: who made the map is shown, and who uses it is told."""
    options = tile_layer(basemap("openstreetmap")).options
    assert options["attribution"] == "© OpenStreetMap contributors"
    assert options["referrer_policy"] == "strict-origin-when-cross-origin"
