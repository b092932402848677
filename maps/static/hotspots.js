// @ts-check
// Hotspots: cells with outline, fill and letter, and the places that they make up, which are in the list too. What is
// pointed at in one is pointed at in the other. From afar a letter stands for a place, from near for a cell.
import L from "leaflet";
import { side } from "./controls.js";
import { all, closest, make, one } from "./dom.js";
import { metresPerPixel, pane } from "./ground.js";
import { keepClear } from "./names.js";
import { drawn, facts, redraw, still, wide } from "./page.js";

/** @import { Hotspot, HotspotCell, HotspotPlace, Hotspots as Shown, OfficersView } from "./types.d.ts" */

/** So wide is a cell on the screen, in pixels, before it has a letter of its own. */
const ROOM = 40;

/** How far from a letter its card is, in pixels. */
const BESIDE = { top: L.point(0, -14), bottom: L.point(0, 14), left: L.point(-14, 0), right: L.point(14, 0) };

/** @param {Hotspot} hotspot */
const card = ({ title, words }) => {
  const made = make("div");
  if (title) made.append(make("strong", title));
  made.append(words);
  return made;
};

class Hotspots extends L.LayerGroup {
  /** @type {Shown} */
  #shown = { cellWidth: 0, cells: [], places: [] };

  /** @type {{ cell: HotspotCell, shape: L.Polygon }[]} */
  #cells = [];

  /** @type {{ hotspot: HotspotCell | HotspotPlace, marker: L.Marker }[]} */
  #marks = [];

  /** @type {boolean | null} */
  #near = null;
  #renderer = L.svg({ pane: "hotspots", padding: 0.5 });

  // Leaflet forgets the map only after a layer has been taken off it.
  added = false;

  /** @param {L.Map} map */
  onAdd(map) {
    super.onAdd(map);
    pane(map, "hotspots", 450);
    this.added = true;
    this.#draw();
    this.#tell();
    return this;
  }

  /** @param {L.Map} map */
  onRemove(map) {
    this.added = false;
    this.#marks = [];
    this.clearLayers();
    super.onRemove(map);
    this.#tell();
    return this;
  }

  getEvents() {
    return { zoomend: () => this.#letter() };
  }

  /** @param {OfficersView} view */
  show({ hotspots }) {
    const same = this.#shown === hotspots;
    this.#shown = hotspots;
    if (this.added && !same) this.#draw();
  }

  #tell() {
    one('[data-legend="hotspots"]').hidden = !this.added;
    redraw();
  }

  #draw() {
    this.#near = null;
    this.clearLayers();
    this.#marks = [];
    const fixed = { pane: "hotspots", renderer: this.#renderer };
    // White below the colour, or the outline is lost on what it lies on.
    const halo = { ...fixed, interactive: false, color: "white", weight: 7, opacity: 1, fill: false };
    for (const { ring } of this.#shown.cells) L.polygon(ring, halo).addTo(this);
    this.#cells = this.#shown.cells.map((cell) => {
      const line = { color: cell.colour, weight: 2.5, opacity: 1, dashArray: cell.dashes };
      const shape = L.polygon(cell.ring, { ...fixed, ...line, fillColor: cell.tint, fillOpacity: 0.7 });
      this.#answer(shape, cell);
      return { cell, shape: shape.addTo(this) };
    });
    this.#letter();
  }

  /**
   * Let it tell its card, and be pointed at.
   *
   * @param {L.Polygon | L.Marker} layer
   * @param {Hotspot} hotspot
   */
  #answer(layer, hotspot) {
    layer.bindTooltip(() => card(hotspot), { className: "card", opacity: 1, direction: "top" });
    layer.on("tooltipopen", ({ tooltip }) => {
      const isMarker = layer instanceof L.Marker;
      const at = isMarker ? layer.getLatLng() : layer.getCenter();
      const direction = side(this._map, at, tooltip.getElement()?.offsetHeight);
      Object.assign(tooltip.options, { direction, offset: isMarker ? BESIDE[direction] : L.point(0, 0) });
      tooltip.update();
    });
    layer.on({
      mouseover: () => this.point(hotspot.place),
      mouseout: () => this.point(null),
      click: () => this.#follow(hotspot.place),
    });
  }

  #letter() {
    const near = this.#shown.cellWidth / metresPerPixel(this._map) >= ROOM;
    if (near === this.#near) return;
    this.#near = near;
    for (const { marker } of this.#marks) this.removeLayer(marker);
    this.#marks = near
      ? this.#shown.cells.map((cell) => this.#mark(cell, L.latLngBounds(cell.ring).getCenter()))
      : this.#shown.places.map((place) => this.#mark(place, L.latLng(place.at)));
  }

  /**
   * @param {HotspotCell | HotspotPlace} hotspot
   * @param {L.LatLng} at
   */
  #mark(hotspot, at) {
    const icon = L.divIcon({ className: "hotspot-mark", html: make("span", hotspot.letter), iconSize: [28, 28] });
    const marker = L.marker(at, { icon, riseOnHover: true });
    marker.on("add", () => {
      const element = marker.getElement();
      element?.setAttribute("aria-label", [hotspot.title, hotspot.words].filter(Boolean).join(". "));
      element?.style.setProperty("--hue", hotspot.colour);
      element?.addEventListener("focus", () => this.point(hotspot.place));
      element?.addEventListener("blur", () => this.point(null));
    });
    this.#answer(marker, hotspot);
    return { hotspot, marker: marker.addTo(this) };
  }

  /**
   * Mark a place in the list and on the map.
   *
   * @param {number | null} place
   */
  point(place) {
    for (const each of all("[data-place]")) each.classList.toggle("pointed", each.dataset.place === String(place));
    for (const { cell, shape } of this.#cells) shape.setStyle({ weight: cell.place === place ? 4.5 : 2.5 });
  }

  // Only where the list has a frame of its own; the page never moves.
  /** @param {number} place */
  #follow(place) {
    const frame = one("#ranking-scroll");
    const row = one(`a[data-place="${place}"]`);
    if (frame.scrollHeight > frame.clientHeight) frame.scrollTop = row.offsetTop - frame.offsetTop - 8;
    this.point(place);
  }

  /**
   * Move the map to a place.
   *
   * @param {number} place
   */
  reveal(place) {
    const shapes = this.#cells.filter(({ cell }) => cell.place === place).map(({ shape }) => shape);
    const bounds = L.featureGroup(shapes).getBounds().pad(1);
    this._map.fitBounds(bounds, { maxZoom: facts.zooms.place, animate: false });
    // From near it would hide the cells that it tells of, and the list tells it already.
    if (!this.#near) this.#marks.find(({ hotspot }) => hotspot.place === place)?.marker.openTooltip();
    this.point(place);
  }

  /** What the letters cover, in the pixels of the map's panes. */
  letters() {
    return this.#marks.map(({ hotspot, marker }) => {
      const { x, y } = this._map.latLngToLayerPoint(marker.getLatLng());
      return { estates: hotspot.estates, left: x - 15, right: x + 15, top: y - 15, bottom: y + 15 };
    });
  }
}

/** @type {Hotspots | undefined} */
let shown;

export const hotspots = () => {
  const made = new Hotspots();
  shown = made;
  keepClear(() => made.letters());
  return drawn(made);
};

/** @param {Event} event */
const row = (event) => closest(event, "a[data-place]");

/** @param {Event} event */
const point = (event) => {
  if (!shown?.added || closest(event, ".leaflet-container")) return;
  const link = row(event);
  shown.point(link ? Number(link.dataset.place) : null);
};
document.addEventListener("mouseover", point);
document.addEventListener("focusin", point);
document.addEventListener("click", (event) => {
  const link = row(event);
  if (!link || !shown?.added) return;
  event.preventDefault();
  shown.reveal(Number(link.dataset.place));
  if (!wide()) one("#picture").scrollIntoView({ behavior: still ? "auto" : "smooth" });
});
