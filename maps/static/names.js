// @ts-check
// Names of the estates with their figures, and the numbers of the grid roads: as many as fit, none over another,
// none cut off.
import L from "leaflet";
import { makeSvg } from "./dom.js";
import { metresPerPixel, pane } from "./ground.js";
import { drawn, estatesFile, roadsFile } from "./page.js";

/** @import { Box, Letter, Line, OfficersView, Outline } from "./types.d.ts" */

/** A name that is not wider may stand out of its estate; pixels. */
const SHORT = 62;

const FONT = getComputedStyle(document.body).fontFamily;
const ruler = document.createElement("canvas").getContext("2d");

/** @type {() => Letter[]} */
let placed = () => [];
let figures = false;

/**
 * Have names keep clear of letters.
 *
 * @param {() => Letter[]} boxes gives where they are
 */
export const keepClear = (boxes) => {
  placed = boxes;
};

/**
 * Whether names have their estates' figures with them.
 *
 * @param {boolean} is
 */
export const showFigures = (is) => {
  figures = is;
};

/** @param {number} zoom */
const size = (zoom) => Math.min(16, Math.max(11, 11 + (zoom - 12) * 1.25));

/**
 * @param {Line} line
 * @param {number} pixels
 */
const measure = ({ words, bold }, pixels) => {
  if (!ruler) return Infinity;
  ruler.font = `${bold ? 700 : 400} ${pixels}px ${FONT}`;
  return ruler.measureText(words).width;
};

/**
 * @param {Line[]} lines
 * @param {number} pixels
 */
const width = (lines, pixels) => Math.max(...lines.map((line) => measure(line, pixels)));

/**
 * In two lines of about the same length, where there is a space.
 *
 * @param {string} name
 */
const broken = (name) => {
  const spaces = [...name.matchAll(/ /g)].map((match) => match.index);
  if (!spaces.length) return [name];
  const off = (/** @type {number} */ at) => Math.abs(at - name.length / 2);
  const middle = spaces.reduce((best, each) => (off(each) < off(best) ? each : best));
  return [name.slice(0, middle), name.slice(middle + 1)];
};

/**
 * @param {Line[]} lines
 * @param {L.Point} at
 * @param {number} pixels
 * @returns {Box}
 */
const box = (lines, { x, y }, pixels) => {
  const wide = width(lines, pixels) + 4;
  const high = lines.length * pixels * 1.12 + 2;
  return { left: x - wide / 2, right: x + wide / 2, top: y - high / 2, bottom: y + high / 2 };
};

/**
 * @param {Box} one
 * @param {Box[]} others
 */
const clear = (one, others) =>
  others.every(
    (each) => one.right < each.left || one.left > each.right || one.bottom < each.top || one.top > each.bottom,
  );

/**
 * @param {Box} one
 * @param {Box} frame
 */
const within = (one, frame) =>
  one.left >= frame.left && one.right <= frame.right && one.top >= frame.top && one.bottom <= frame.bottom;

/**
 * Where a name goes: in its place, or below or above a letter of its own estate that is there.
 *
 * @param {Line[]} lines
 * @param {string} code
 * @param {L.Point} at
 * @param {number} pixels
 * @param {Letter[]} letters
 */
const places = (lines, code, at, pixels, letters) => {
  const wanted = box(lines, at, pixels);
  const there = letters.find((each) => each.estates.includes(code) && !clear(wanted, [each]));
  if (!there) return [{ lines, at, wanted }];
  const half = (wanted.bottom - wanted.top) / 2 + 1;
  return [there.bottom + half, there.top - half].map((y) => {
    const beside = L.point(at.x, y);
    return { lines, at: beside, wanted: box(lines, beside, pixels) };
  });
};

class Names extends L.Layer {
  #svg = makeSvg("svg", { class: "names leaflet-zoom-hide", "aria-hidden": "true" });

  /** @type {Partial<OfficersView>} */
  #view = {};

  /** @type {Outline[]} */
  #estates = [];

  /** @type {GeoJSON.Feature<GeoJSON.LineString | GeoJSON.MultiLineString, { code: string }>[]} */
  #roads = [];

  /** @param {L.Map} map */
  onAdd(map) {
    pane(map, "names", 550).append(this.#svg);
    this.#start();
    return this;
  }

  onRemove() {
    this.#svg.remove();
    return this;
  }

  getEvents() {
    return { moveend: () => this.#draw(), resize: () => this.#draw() };
  }

  /** @param {Partial<OfficersView>} view */
  show(view) {
    this.#view = view;
    if (this._map) this.#draw();
  }

  async #start() {
    const [estates, roads] = await Promise.all([estatesFile(), roadsFile(), document.fonts.ready]);
    this.#estates = estates.features.map((each) => each.properties).sort((one, other) => other.room - one.room);
    this.#roads = roads.features;
    this.#draw();
  }

  // The choices for a name, the best first: with its figure, in two lines, alone; of those that fit its estate, or
  // are short enough to be read as its name though they stand out a little.
  /**
   * @param {Outline} estate
   * @param {number} perMetre
   * @param {number} pixels
   */
  #choices({ code, name, room }, perMetre, pixels) {
    const opened = this.#view.open === code;
    const figure = figures && this.#view.estates?.[code]?.figure;
    const told = figure ? [{ words: figure, bold: true }] : [];
    const whole = [{ words: name, bold: opened }];
    const halves = broken(name).map((words) => ({ words, bold: opened }));
    const widest = Math.max(2 * room * perMetre * 1.3, SHORT);
    const highest = Math.max(2 * room * perMetre * 1.2, 2 * pixels * 1.1);
    return [[...whole, ...told], [...halves, ...told], whole, halves].filter(
      (lines) => opened || (width(lines, pixels) <= widest && lines.length * pixels * 1.1 <= highest),
    );
  }

  // The one that is open, or else the one that the sentence is about, and then those with the most room.
  #inOrder() {
    const told = this.#view.open ?? Object.keys(this.#view.estates ?? {})[0];
    const first = this.#estates.filter((each) => each.code === told);
    return [...first, ...this.#estates.filter((each) => each.code !== told)];
  }

  #draw() {
    if (!this._map) return;
    const corner = this._map.containerPointToLayerPoint([0, 0]);
    const far = corner.add(this._map.getSize());
    const frame = { left: corner.x + 2, top: corner.y + 2, right: far.x - 2, bottom: far.y - 2 };
    const letters = placed();
    this.#svg.replaceChildren();
    this.#number(frame, this.#name(frame, letters));
  }

  /**
   * @param {Box} frame
   * @param {Letter[]} letters
   */
  #name(frame, letters) {
    /** @type {Box[]} */
    const taken = [...letters];
    const pixels = size(this._map.getZoom());
    const perMetre = 1 / metresPerPixel(this._map);
    for (const estate of this.#inOrder()) {
      const at = this._map.latLngToLayerPoint([estate.at[1], estate.at[0]]);
      const found = this.#choices(estate, perMetre, pixels)
        .flatMap((lines) => places(lines, estate.code, at, pixels, letters))
        .find(({ wanted }) => within(wanted, frame) && clear(wanted, taken));
      if (!found) continue;
      taken.push(found.wanted);
      this.#write(found.lines, found.at, pixels, estate.code === this.#view.open ? "names__opened" : "");
    }
    return taken;
  }

  // A number now and then is enough to follow a road by; a road that is short on the screen needs none.
  /**
   * @param {Box} frame
   * @param {Box[]} taken by names and letters
   */
  #number(frame, taken) {
    for (const { properties, geometry } of this.#roads) {
      const lines = [{ words: properties.code, bold: true }];
      const parts = geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates;
      const points = parts.flat().map(([lon, lat]) => this._map.latLngToLayerPoint([lat, lon]));
      const { min, max } = L.bounds(points);
      if (!min || !max || min.distanceTo(max) < 130) continue;
      /** @type {L.Point | null} */
      let last = null;
      for (const at of points) {
        if (last && at.distanceTo(last) < 320) continue;
        const wanted = box(lines, at, 11);
        if (!within(wanted, frame) || !clear(wanted, taken)) continue;
        taken.push(wanted);
        last = at;
        this.#write(lines, at, 11, "names__road");
      }
    }
  }

  /**
   * @param {Line[]} lines
   * @param {L.Point} at
   * @param {number} pixels
   * @param {string} kind
   */
  #write(lines, at, pixels, kind) {
    const text = makeSvg("text", { class: kind, "font-size": pixels });
    const top = at.y - (lines.length * pixels * 1.12) / 2;
    for (const [index, { words, bold }] of lines.entries()) {
      const place = { x: at.x, y: top + pixels * (0.9 + index * 1.12) };
      const part = makeSvg("tspan", bold ? { ...place, class: "names__figure" } : place);
      part.textContent = words;
      text.append(part);
    }
    this.#svg.append(text);
  }
}

export const names = () => drawn(new Names());
