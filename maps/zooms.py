"""The zooms of the maps, as Leaflet counts them; MapLibre's are one less."""

MIN_ZOOM, MAX_ZOOM = 9, 19
"""Between these a map can be zoomed."""

MIN_TILE_ZOOM, MAX_TILE_ZOOM = MIN_ZOOM - 1, 16
"""Between these heat tiles are made, MapLibre's zooms; further in, the browser enlarges them."""

ESTATE_ZOOM = 14
"""As near as a map goes by itself to show an estate."""

PLACE_ZOOM = 15
"""As near as it goes to show a place."""

EXTENT_ZOOM = 16
"""As near as it goes to show all there is, where that is little."""

RECORDS_ZOOM = 16
"""From here on single records are shown: they can be told apart."""
