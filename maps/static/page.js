// @ts-check
// What every page with a map shares: the view that is drawn, and moving to another without loading the page anew.
// An address is all the state there is: a link or a form is followed by fetching the same page and taking over its
// parts, so that sentence, list, table, legend and map cannot tell different things.
import { all, closest, one } from "./dom.js";

/** @import { Facts, Outline, Part, View } from "./types.d.ts" */

/** @param {string} id */
const read = (id) => JSON.parse(one(`#${id}`).textContent);

/** @type {Facts} */
export const facts = read("facts");

/** @type {View} */
export let view = read("view");

/** Whether nothing may glide. */
export const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Whether the list is beside the map, not below it. */
export const wide = () => {
  const from = getComputedStyle(document.documentElement).getPropertyValue("--wide");
  return matchMedia(`(min-width: ${from})`).matches;
};

/** @type {Part[]} */
const parts = [];

/**
 * A layer that is told of every new view, and of the first one at once.
 *
 * @template {Part} Layer
 * @param {Layer} layer
 */
export const drawn = (layer) => {
  parts.push(layer);
  layer.show(view);
  return layer;
};

/** Every layer again, where one of them changed what another tells. */
export const redraw = () => {
  for (const part of parts) part.show(view);
};

/** @type {Map<string, Promise<any>>} */
const fetched = new Map();

/** @param {string} address */
const ask = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
};

/**
 * One answer for all that ask: names and outlines come from the same file.
 *
 * @param {string} address
 */
const file = (address) => {
  const found = fetched.get(address) ?? ask(address);
  if (!fetched.has(address)) {
    fetched.set(address, found);
    found.catch(() => say("A part of the map could not be loaded. Reload the page to try again.", true));
  }
  return found;
};

/** @returns {Promise<GeoJSON.FeatureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon, Outline>>} */
export const estatesFile = () => file("/estates.geojson");

/** @returns {Promise<GeoJSON.FeatureCollection<GeoJSON.LineString | GeoJSON.MultiLineString, { code: string }>>} */
export const roadsFile = () => file("/grid-roads.geojson");

/** @returns {Promise<GeoJSON.FeatureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon>>} */
export const districtFile = () => file("/district.geojson");

/**
 * Tell it to those who listen, and to everybody if it is to be seen.
 *
 * @param {string} words
 * @param {boolean} seen
 */
export const say = (words, seen = false) => {
  const status = one("#status");
  status.classList.toggle("status--seen", seen);
  status.textContent = words;
};

/** @param {boolean} is */
const busy = (is) => one("#picture").setAttribute("aria-busy", String(is));

/**
 * Take over one part of another page; what of the legend was hidden stays hidden.
 *
 * @param {HTMLElement} fresh
 */
const swap = (fresh) => {
  const old = one(`#${fresh.id}`);
  const hidden = new Map(all("[data-legend]", old).map((part) => [part.dataset.legend, part.hidden]));
  old.replaceWith(document.importNode(fresh, true));
  for (const part of all("[data-legend]", one(`#${fresh.id}`))) {
    part.hidden = hidden.get(part.dataset.legend) ?? part.hidden;
  }
};

/** @param {Document} page */
const take = (page) => {
  const focused = document.activeElement?.id;
  const open = all("[data-swap] details[open][id]").map((each) => each.id);
  for (const fresh of all("[data-swap]", page)) swap(fresh);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused && document.activeElement?.id !== focused) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
  for (const error of all("#message .govuk-error-summary")) error.focus();
  document.title = page.title;
  view = read("view");
  redraw();
};

let turn = 0;
let here = location.pathname + location.search;

/**
 * Show what another address shows.
 *
 * @param {string} address
 * @param {boolean} push whether it is a step that one can go back from
 */
export const go = async (address, push = true) => {
  const mine = ++turn;
  busy(true);
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    // Signed out in the meantime: the page that was asked for is another one.
    if (answer.redirected) return location.assign(answer.url);
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== turn) return;
    if (push) history.pushState(null, "", address);
    here = location.pathname + location.search;
    take(page);
    say(one("#message h1", page).textContent);
  } catch {
    if (mine !== turn) return;
    // What the form asked for is not what the page shows.
    for (const form of forms()) form.reset();
    say("That could not be loaded, so the page shows what it did before. Check the connection and try again.", true);
  } finally {
    if (mine === turn) busy(false);
  }
};

/** @returns {NodeListOf<HTMLFormElement>} */
const forms = () => document.querySelectorAll("form[data-view]");

/** @param {HTMLFormElement} form */
const address = (form) => {
  const filled = [...new FormData(form)].flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  return `${form.getAttribute("action")}?${new URLSearchParams(filled)}`;
};

document.addEventListener("click", (event) => {
  const link = closest(event, "a[data-view]");
  if (!(link instanceof HTMLAnchorElement) || event.button) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.href);
});

document.addEventListener("submit", (event) => {
  const form = closest(event, "form[data-view]");
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  go(address(form));
});

document.addEventListener("change", (event) => {
  const form = closest(event, "form[data-view]");
  if (form instanceof HTMLFormElement) form.requestSubmit();
});

// The lists of boxes lie over the page: they close like any menu.
const MENUS = ".field--boxes[open], .layers[open]";
document.addEventListener("click", ({ target }) => {
  for (const menu of all(MENUS)) {
    if (target instanceof Node && !menu.contains(target)) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.activeElement?.closest(MENUS);
  if (!menu) return;
  menu.removeAttribute("open");
  one("summary", menu).focus();
});

// Only a move to another address: a jump within the page changes what comes after #.
window.addEventListener("popstate", () => {
  if (location.pathname + location.search !== here) go(location.href, false);
});

const filters = document.getElementById("filters");
// What was not understood is told beside its field, and stays to be seen.
if (!wide() && !filters?.querySelector(".govuk-error-message")) filters?.removeAttribute("open");
