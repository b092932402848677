// @ts-check
// Our buttons and habits of the map: it has a name, it never swallows the page's scrolling, and whatever can be
// dragged can also be clicked.
import L from "leaflet";
import { closest, one } from "./dom.js";
import { facts, say, still, view } from "./page.js";

/** @import { Corners } from "./types.d.ts" */

const touch = matchMedia("(pointer: coarse)").matches;

/**
 * The map of the page, once it has its controls.
 *
 * @type {L.Map | undefined}
 */
export let map;

// How much of the map lies under legend and buttons, in pixels from its corner.
const covered = () => {
  const legend = one("#legend");
  const over = getComputedStyle(legend).position === "absolute";
  return over ? { left: legend.offsetWidth + 24, top: 68 } : { left: 8, top: 8 };
};

/**
 * Where a card goes: away from the legend and the buttons, which lie over the map's corner and edge.
 *
 * @param {L.Map} on
 * @param {L.LatLng} place
 * @param {number} [height] Of the card, in pixels.
 */
export const side = (on, place, height = 130) => {
  const { x, y } = on.latLngToContainerPoint(place);
  const { left, top } = covered();
  if (x < left + 130) return "right";
  if (x > on.getSize().x - 130) return "left";
  return y < top + height + 20 ? "bottom" : "top";
};

/**
 * Beside the legend and below the buttons, so that they cover nothing of it.
 *
 * @param {L.Map} on
 * @param {Corners} corners
 */
export const fit = (on, corners) => {
  const { left, top } = covered();
  const room = { paddingTopLeft: L.point(left, top), paddingBottomRight: L.point(8, 24) };
  on.fitBounds(corners, { ...room, maxZoom: facts.zooms.extent, animate: false });
};

/** Where a popup has to move the map to be seen. */
export const popupPadding = () => {
  const { left, top } = covered();
  return { autoPanPaddingTopLeft: L.point(left, top), autoPanPaddingBottomRight: L.point(16, 24) };
};

let hiding = 0;

/** @param {string} words */
const hint = (words) => {
  const element = one("#hint");
  element.textContent = words;
  element.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    element.hidden = true;
  }, 1800);
};

const share = async () => {
  const address = { title: document.title, url: location.href };
  try {
    if (touch && navigator.share) await navigator.share(address);
    else {
      await navigator.clipboard.writeText(address.url);
      say("The address of this map has been copied.", true);
    }
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") return;
    say("Copy the address from the top of the browser to share this map.", true);
  }
};

/** @param {L.Map} on */
const locate = (on) => {
  const look = { color: facts.colours.teal, weight: 2, fillOpacity: 0.12, interactive: false };
  on.once("locationfound", ({ latlng, accuracy }) => {
    L.circle(latlng, { radius: accuracy, ...look }).addTo(on);
    on.setView(latlng, Math.max(on.getZoom(), facts.zooms.place), { animate: !still });
  });
  on.once("locationerror", () => {
    say("Your place could not be found. Allow this page to know it, or move the map by hand.", true);
  });
  on.locate();
};

/** @param {L.Map} on */
const wheel = (on) => {
  on.scrollWheelZoom.disable();
  // With Ctrl (which a pinch on a touch pad sends, too); Leaflet's own handler would take every turn of the wheel.
  const turned = (/** @type {WheelEvent} */ event) => {
    if (event.ctrlKey || event.metaKey) {
      on.scrollWheelZoom.enable();
      event.preventDefault();
    } else {
      on.scrollWheelZoom.disable();
      hint("Hold Ctrl and turn the wheel to zoom the map");
    }
  };
  on.getContainer().addEventListener("wheel", turned, { capture: true, passive: false });
};

/** @param {L.Map} on */
const fingers = (on) => {
  on.dragging.disable();
  /** @type {number | null} */
  let from = null;
  const began = (/** @type {TouchEvent} */ { touches }) => {
    from = touches.length === 1 ? touches[0].clientX : null;
  };
  const moved = (/** @type {TouchEvent} */ { touches }) => {
    if (from !== null && Math.abs(touches[0].clientX - from) > 24) hint("Use two fingers to move the map");
  };
  on.getContainer().addEventListener("touchstart", began, { passive: true });
  on.getContainer().addEventListener("touchmove", moved, { passive: true });
};

/**
 * How far a number lies outside of two limits.
 *
 * @param {number} at
 * @param {number} least
 * @param {number} most
 */
const beyond = (at, least, most) => Math.min(0, at - least) || Math.max(0, at - most);

// A marker that the keyboard has reached is not left under the legend, the buttons or the edge (WCAG 2.4.11).
L.Marker.mergeOptions({ autoPanOnFocus: false });

/** @param {L.Map} on */
const reveal = (on) => {
  const container = on.getContainer();
  container.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLElement) || !target.matches(".leaflet-marker-icon")) return;
    // The browser scrolls the container to what has the focus, and Leaflet scrolls it back afterwards.
    container.scrollTo(0, 0);
    const frame = container.getBoundingClientRect();
    const { left, top, width, height } = target.getBoundingClientRect();
    const { x, y } = on.getSize();
    const across = beyond(left - frame.left + width / 2, covered().left + 24, x - 32);
    const down = beyond(top - frame.top + height / 2, covered().top + 24, y - 48);
    if (across || down) on.panBy([across, down], { animate: false });
  });
};

/** @param {L.Map} on */
const menu = (on) => {
  const control = on.getContainer().querySelector(".leaflet-control-layers");
  if (!control) return;
  one("#layers").hidden = false;
  one("#layers-here").append(control);
};

/**
 * What each button does, by its name.
 *
 * @param {L.Map} on
 * @param {Corners} whole
 * @returns {Record<string, () => void>}
 */
const moves = (on, whole) => {
  /**
   * @param {number} x
   * @param {number} y
   */
  const step = (x, y) => {
    const size = on.getSize();
    on.panBy([(x * size.x) / 3, (y * size.y) / 3], { animate: !still });
  };
  return {
    in: () => on.zoomIn(1),
    out: () => on.zoomOut(1),
    left: () => step(-1, 0),
    right: () => step(1, 0),
    up: () => step(0, -1),
    down: () => step(0, 1),
    all: () => fit(on, whole),
    here: () => locate(on),
    print: () => window.print(),
    share,
  };
};

/**
 * @param {L.Map} on
 * @param {{ label: string, first: Corners, whole: Corners }} about
 */
export const controls = (on, { label, first, whole }) => {
  const container = on.getContainer();
  container.setAttribute("role", "region");
  const how = "Arrow keys move it, plus and minus zoom. Everything it tells is on this page in words, too.";
  container.setAttribute("aria-label", `${label}. ${how}`);
  on.attributionControl.setPrefix(false);
  on.setMaxBounds(L.latLngBounds(whole).pad(1.5));
  // Where somebody looked, rather than everywhere.
  fit(on, view.near ?? first);
  reveal(on);
  wheel(on);
  if (touch) fingers(on);
  menu(on);
  const does = moves(on, whole);
  const buttons = one(".buttons");
  buttons.hidden = false;
  buttons.addEventListener("click", (event) => does[closest(event, "[data-move]")?.dataset.move ?? ""]?.());
  window.addEventListener("beforeprint", () => on.invalidateSize({ animate: false }));
  map = on;
};
