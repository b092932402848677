// @ts-check
// The heat surface: vector tiles of counted cells, drawn by MapLibre inside Leaflet. Its paint comes with the view.
import L from "leaflet";
import { one } from "./dom.js";
import { clip, pane } from "./ground.js";
import { drawn, facts, say } from "./page.js";

/** @import { MaplibreGL } from "leaflet" */
/** @import { StyleSpecification } from "maplibre-gl" */
/** @import { OfficersView } from "./types.d.ts" */

const FAILED =
  "The heat surface could not be drawn: this browser has no WebGL, or the connection broke. The rates by estate tell the same.";

/** @returns {StyleSpecification} */
const style = () => ({
  version: 8,
  sources: {
    heat: { type: "vector", tiles: [location.origin + view.tiles], minzoom: facts.zooms.tiles, maxzoom: view.deepest },
  },
  layers: [
    {
      id: "heat",
      type: "heatmap",
      source: "heat",
      "source-layer": "heat",
      paint: { ...view.paint, "heatmap-opacity": facts.shading.alone },
    },
  ],
});

/** @type {OfficersView} */
let view;

class Heat extends L.Layer {
  /** @type {MaplibreGL | null} */
  #gl = null;

  /** @type {Promise<void> | undefined} */
  #clipped;

  /** @param {L.Map} map */
  onAdd(map) {
    one('[data-legend="heat"]').hidden = false;
    pane(map, "heat", 300);
    this.#kernel();
    this.#start(map).catch(() => say(FAILED, true));
    return this;
  }

  /** @param {L.Map} map */
  async #start(map) {
    const { maplibreGL } = await import("./maplibre.js");
    if (!this._map || this.#gl) return;
    const options = { pane: "heat", interactive: false, attributionControl: /** @type {const} */ (false) };
    this.#gl = maplibreGL({ ...options, style: style() }).addTo(map);
    this.#clipped ??= clip(map, pane(map, "heat", 300));
  }

  /** @param {L.Map} map */
  onRemove(map) {
    if (this.#gl) map.removeLayer(this.#gl);
    this.#gl = null;
    one('[data-legend="heat"]').hidden = true;
    return this;
  }

  getEvents() {
    return { zoomend: () => this.#kernel() };
  }

  // Further out the kernel is wider, or there would be nothing to see: the legend says by how much.
  #kernel() {
    const { metres, from } = view.kernel;
    // MapLibre's zoom is one less than Leaflet's.
    const width = metres * 2 ** Math.max(0, from - Math.floor(this._map.getZoom() - 1));
    one("[data-kernel]").textContent = width < 1000 ? `${width} m` : `${width / 1000} km`;
  }

  /** @param {OfficersView} fresh */
  show(fresh) {
    const same = view === fresh;
    view = fresh;
    if (this._map) this.#kernel();
    if (!same) this.#gl?.getMaplibreMap()?.setStyle(style());
  }
}

export const heat = () => drawn(new Heat());
