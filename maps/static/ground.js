// @ts-check
// What lies under the evidence: the district's edge, the grid roads, a basemap from a file.
import L from "leaflet";
import { districtFile, estatesFile, facts, roadsFile } from "./page.js";

const { colours } = facts;

/** @type {L.LatLngTuple[]} */
const WORLD = [
  [-80, -179],
  [-80, 179],
  [80, 179],
  [80, -179],
];

/** @param {GeoJSON.Polygon | GeoJSON.MultiPolygon} geometry */
const rings = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).flat();

/** @param {GeoJSON.Position} position */
const latLng = ([lon, lat]) => /** @type {L.LatLngTuple} */ ([lat, lon]);

const districtRings = async () =>
  (await districtFile()).features.flatMap(({ geometry }) => rings(geometry)).map((ring) => ring.map(latLng));

// Leaflet takes an attribution for HTML; ours may come from a file that somebody imported.
/** @param {string} words */
const plain = (words) => words.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);

/**
 * A pane of the map, made if there is none; nothing in it is clicked but what says so.
 *
 * @param {L.Map} map
 * @param {string} name
 * @param {number} order
 */
export const pane = (map, name, order) => {
  const there = map.getPane(name);
  if (there) return there;
  const made = map.createPane(name);
  made.style.zIndex = String(order);
  made.style.pointerEvents = "none";
  return made;
};

/**
 * Metres on the ground of a pixel in the middle of the map.
 *
 * @param {L.Map} map
 */
export const metresPerPixel = (map) =>
  (facts.equator * Math.cos((map.getCenter().lat * Math.PI) / 180)) / (256 * 2 ** map.getZoom());

/** Everything but the district, under a veil whose edge is drawn soft by a few wide, faint strokes. */
class Mask extends L.LayerGroup {
  /** @param {L.Map} map */
  onAdd(map) {
    pane(map, "mask", 250);
    this.#draw();
    return super.onAdd(map);
  }

  async #draw() {
    const shape = [WORLD, ...(await districtRings())];
    const fixed = { pane: "mask", interactive: false, renderer: L.svg({ pane: "mask", padding: 0.5 }) };
    const soft = { ...fixed, fill: false, color: colours.outside, opacity: 0.28 };
    for (const weight of [22, 14, 7]) L.polygon(shape, { ...soft, weight }).addTo(this);
    const edge = { ...fixed, color: colours.districtEdge, weight: 1.2 };
    L.polygon(shape, { ...edge, fillColor: colours.outside, fillOpacity: 0.78 }).addTo(this);
  }
}

/** @param {{ attribution: string }} about */
export const mask = ({ attribution }) => new Mask([], { attribution: plain(attribution) });

/** Pale double lines, as wide as the zoom has room for. */
class Roads extends L.LayerGroup {
  /** @type {[L.GeoJSON, number][]} */
  #lines = [];

  /** @param {L.Map} map */
  onAdd(map) {
    pane(map, "roads", 420);
    this.#draw();
    return super.onAdd(map);
  }

  getEvents() {
    return { zoomend: () => this.#widen() };
  }

  async #draw() {
    const file = await roadsFile();
    if (!this.#lines.length) {
      const fixed = { pane: "roads", interactive: false, renderer: L.svg({ pane: "roads", padding: 0.5 }) };
      /** @param {string} color */
      const line = (color) => L.geoJSON(file, { ...fixed, style: { color, opacity: 1 } }).addTo(this);
      this.#lines = [
        [line(colours.roadEdge), 1.6],
        [line(colours.road), 0],
      ];
    }
    this.#widen();
  }

  #widen() {
    if (!this._map) return;
    const width = Math.min(9, Math.max(1.4, 1.4 + (this._map.getZoom() - 11) * 1.1));
    for (const [line, more] of this.#lines) line.setStyle({ weight: width + more });
  }
}

export const roads = () => new Roads();

/** Outlines alone, for a map whose evidence is elsewhere. */
export const outlines = () => {
  const line = { color: colours.ink, weight: 0.8, opacity: 0.45 };
  const style = { ...line, fillColor: colours.paper, fillOpacity: 0.25 };
  const layer = L.geoJSON(null, { interactive: false, style });
  estatesFile().then((file) => layer.addData(file));
  return layer;
};

/**
 * A basemap from a PMTiles file.
 *
 * @param {{ address: string, attribution: string }} about
 */
export const pmtiles = ({ address, attribution }) => {
  const group = L.layerGroup([], { attribution: plain(attribution) });
  const url = new URL(address, location.href).href;
  import("protomaps-leaflet").then(({ leafletLayer }) => {
    // Its own types do not say that it is a layer.
    const layer = /** @type {any} */ (leafletLayer({ url, flavor: "light", lang: "en", attribution: "" }));
    group.addLayer(layer);
  });
  return group;
};

/**
 * Show an element of a pane inside the district only.
 *
 * The path is in the pane's own pixels, which stay the same while the map is dragged, and are others after each zoom.
 *
 * @param {L.Map} map
 * @param {HTMLElement} element
 */
export const clip = async (map, element) => {
  const shapes = await districtRings();
  /** @param {L.LatLngTuple} place */
  const corner = (place) => {
    const { x, y } = map.latLngToLayerPoint(place);
    return `${x} ${y}`;
  };
  const draw = () => {
    const path = shapes.map((ring) => `M${ring.map(corner).join("L")}Z`).join("");
    element.style.clipPath = `path(evenodd, "${path}")`;
  };
  map.on("zoomend viewreset", draw);
  map.on("zoomstart", () => {
    element.style.clipPath = "none";
  });
  draw();
};
