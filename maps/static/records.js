// @ts-check
// Single records, when zoomed in far enough to tell them apart: those in view, fetched with the view's filters.
import L from "leaflet";
import { popupPadding } from "./controls.js";
import { make, makeSvg } from "./dom.js";
import { drawn, facts, say } from "./page.js";

/** @import { OfficersView, RecordFields, RecordItems } from "./types.d.ts" */

const MOST = 1500;

/** @type {OfficersView} */
let view;

/**
 * @param {string} shape
 * @param {string | number} words
 */
const mark = (shape, words) => {
  const svg = makeSvg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  svg.append(makeSvg("use", { href: `#mark-${shape}` }));
  const made = make("span", "", "mark");
  made.append(svg, make("span", words));
  return made;
};

/** @param {string | number | boolean} value */
const inWords = (value) => {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (!/^\d{4}-\d{2}-\d{2}$/.test(String(value))) return String(value);
  return new Date(`${value}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
};

/** @param {string} words */
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** @param {RecordFields} record */
const title = (record) => capital(String(record[view.layer.heading]));

/** @param {RecordFields} record */
const about = (record) => {
  const list = make("dl");
  for (const [name, description] of Object.entries(view.layer.fields)) {
    const value = record[name];
    if (value === null || value === undefined || name === view.layer.heading) continue;
    list.append(make("dt", description), make("dd", inWords(value)));
  }
  const made = make("section");
  made.append(make("h3", title(record)), list);
  return made;
};

/** @param {RecordFields[]} records */
const popup = (records) => {
  const made = make("div");
  if (records.length > 1) made.append(make("h3", `${records.length} ${view.layer.noun[1]} at this point`));
  made.append(...records.map(about));
  return made;
};

class Records extends L.LayerGroup {
  /** @type {Map<string, L.Marker>} by the view and place they are of */
  #markers = new Map();

  /** What is shown: the address it was fetched from. */
  #shown = "";

  /** @type {AbortController | undefined} */
  #asking;

  /** Whether more is here than is shown. */
  #some = false;

  /** @param {L.Map} map */
  onAdd(map) {
    super.onAdd(map);
    this.#fetch();
    return this;
  }

  /** @param {L.Map} map */
  onRemove(map) {
    this.#asking?.abort();
    this.#clear();
    return super.onRemove(map);
  }

  getEvents() {
    return { moveend: () => this.#fetch() };
  }

  /** @param {OfficersView} fresh */
  show(fresh) {
    view = fresh;
    if (this._map) this.#fetch();
  }

  #clear() {
    this.clearLayers();
    this.#markers.clear();
    this.#shown = "";
  }

  async #fetch() {
    this.#asking?.abort();
    if (!view.items || this._map.getZoom() < facts.zooms.records) return this.#clear();
    const address = `${view.items}&bbox=${this._map.getBounds().toBBoxString()}&limit=${MOST}`;
    if (address === this.#shown) return;
    this.#asking = new AbortController();
    try {
      const options = { signal: this.#asking.signal, headers: { Accept: "application/geo+json" } };
      const answer = await fetch(address, options);
      if (!answer.ok) throw new Error(String(answer.status));
      this.#draw(await answer.json());
      this.#shown = address;
    } catch (error) {
      if (error instanceof Error && error.name === "AbortError") return;
      say("The single records could not be loaded. Move the map to try again.", true);
    }
  }

  // Opening a popup moves the map, which fetches again: what is still there keeps its marker, popup and focus.
  /** @param {RecordItems} items */
  #draw({ features, numberMatched }) {
    /** @type {Map<string, { at: L.LatLngTuple, records: RecordFields[] }>} */
    const places = new Map();
    for (const { geometry, properties } of features) {
      if (!geometry) continue;
      const [lon, lat] = geometry.coordinates;
      const key = `${view.items} ${lon},${lat}`;
      const place = places.get(key) ?? { at: [lat, lon], records: [] };
      place.records.push(properties);
      places.set(key, place);
    }
    for (const [key, marker] of this.#markers) {
      if (places.has(key)) continue;
      this.removeLayer(marker);
      this.#markers.delete(key);
    }
    for (const [key, { at, records }] of places) {
      if (!this.#markers.has(key)) this.#markers.set(key, this.#marker(at, records).addTo(this));
    }
    this.#tell(features.length, numberMatched);
  }

  /**
   * @param {number} shown
   * @param {number} there
   */
  #tell(shown, there) {
    const some = there > shown;
    /** @param {number} count */
    const written = (count) => count.toLocaleString("en-GB");
    if (some) say(`${written(shown)} of ${written(there)} records here are shown. Zoom in to see the others.`, true);
    else if (this.#some) say("");
    this.#some = some;
  }

  /**
   * @param {L.LatLngTuple} at
   * @param {RecordFields[]} records
   */
  #marker(at, records) {
    const { hue, marker: shape, noun } = view.layer;
    const several = records.length > 1;
    const words = several ? `${records.length} ${noun[1]}` : title(records[0]);
    const html = mark(shape, several ? records.length : "");
    const icon = L.divIcon({ className: "place", html, iconSize: [32, 32] });
    const marker = L.marker(at, { icon, title: words, riseOnHover: true });
    marker.bindPopup(() => popup(records), { maxWidth: 320, ...popupPadding() });
    marker.on("add", () => {
      marker.getElement()?.setAttribute("aria-label", words);
      marker.getElement()?.style.setProperty("--hue", hue);
    });
    return marker;
  }
}

export const records = () => drawn(new Records());
