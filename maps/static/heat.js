// The heat surface: vector tiles of counted cells, drawn by MapLibre inside Leaflet. Its paint comes with the view.
"use strict";

(() => {
  const source = (view) => ({ type: "vector", tiles: [location.origin + view.tiles], minzoom: 8, maxzoom: view.deepest });
  const layer = (view) => ({ id: "heat", type: "heatmap", source: "heat", "source-layer": "heat", paint: { ...view.paint, "heatmap-opacity": 0.82 } });

  const Heat = L.Layer.extend({
    onAdd(map) {
      document.querySelector('[data-legend="heat"]').hidden = false;
      priorities.pane(map, "heat", 300);
      this._kernel();
      const loaded = priorities.script("maplibre-gl.js").then(() => priorities.script("leaflet-maplibre-gl.js"));
      loaded.then(() => this._start(map)).catch(() => {
        priorities.say("The heat surface could not be drawn: this browser has no WebGL, or the connection broke. The rates by estate tell the same.", true);
      });
    },

    _start(map) {
      if (!this._map || this._gl) return;
      maplibregl.setWorkerUrl(priorities.assets["maplibre-gl-worker.js"]);
      const view = priorities.view;
      this._drawn = view;
      this._gl = L.maplibreGL({
        pane: "heat",
        interactive: false,
        attributionControl: false,
        style: { version: 8, sources: { heat: source(view) }, layers: [layer(view)] },
      }).addTo(map);
      this._clipped ??= priorities.clip(map, map.getPane("heat"));
    },

    onRemove(map) {
      if (this._gl) map.removeLayer(this._gl);
      this._gl = null;
      document.querySelector('[data-legend="heat"]').hidden = true;
    },

    getEvents() { return { zoomend: this._kernel }; },

    // Further out the kernel is wider, or there would be nothing to see: the legend says by how much.
    _kernel() {
      const { metres, from } = priorities.view.kernel;
      const wide = metres * 2 ** Math.max(0, from - Math.floor(this._map.getZoom() - 1));
      document.querySelector("[data-kernel]").textContent = wide < 1000 ? `${wide} m` : `${wide / 1000} km`;
    },

    show(view) {
      const gl = this._gl?.getMaplibreMap();
      if (this._map) this._kernel();
      if (!gl || this._drawn === view) return;
      this._drawn = view;
      gl.setStyle({ version: 8, sources: { heat: source(view) }, layers: [layer(view)] });
    },
  });

  priorities.heat = () => priorities.drawn(new Heat());
})();
