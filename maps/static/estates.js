// @ts-check
// The estates: shaded by rate, pointed at by hovering and focusing, opened by clicking and Enter; the same in list,
// table and map.
import L from "leaflet";
import { map, side } from "./controls.js";
import { all, closest, make, one } from "./dom.js";
import { pane } from "./ground.js";
import { showFigures } from "./names.js";
import { drawn, estatesFile, facts, go, redraw, still, wide } from "./page.js";

/** @import { OfficersView } from "./types.d.ts" */

const { colours, shading, zooms } = facts;

/** @type {Map<string, L.Polygon>} */
const shapes = new Map();

/** @type {OfficersView} */
let view;
let shaded = false;
let opacity = 0;

/** @type {string | null} */
let pointed = null;

/** @type {L.LayerGroup | undefined} */
let outline;

/** @param {string} code */
const card = (code) => {
  const { name, card: words } = view.estates[code];
  const made = make("div");
  made.append(make("strong", name), words);
  if (view.open !== code) made.append(make("span", "Click or press Enter to open", "card__open"));
  return made;
};

/** @param {string} code */
const style = (code) => {
  const { step, homes } = view.estates[code] ?? { step: null, homes: 1 };
  const line = pointed === code ? { weight: 2.5, opacity: 1 } : { weight: 0.8, opacity: 0.5 };
  const filled = shaded && (step !== null || !homes);
  const fill =
    filled && !homes
      ? { fillColor: "url(#hatch)", fillOpacity: 1 }
      : { fillColor: view.colours[step ?? 0] ?? "white", fillOpacity: filled ? opacity : 0 };
  return { color: colours.ink, ...line, ...fill };
};

/** @param {string} code */
const paint = (code) => {
  const shape = shapes.get(code);
  shape?.setStyle(style(code));
  if (pointed === code) shape?.bringToFront();
};

const paintAll = () => {
  for (const code of shapes.keys()) paint(code);
};

// As light as there is something to read through it; the legend's swatches follow.
/** @param {L.Map} on */
const light = (on) => {
  const ground = on.getPane("tilePane")?.childElementCount ? shading.basemap : shading.alone;
  const lightness = on.getZoom() >= zooms.records ? shading.records : ground;
  if (lightness === opacity) return;
  opacity = lightness;
  one("#picture").style.setProperty("--fill", String(opacity));
  paintAll();
};

/** @param {string | null} code */
const point = (code) => {
  if (code === pointed) return;
  const before = pointed;
  pointed = code;
  for (const each of all("[data-estate]")) each.classList.toggle("pointed", each.dataset.estate === code);
  if (before) {
    paint(before);
    shapes.get(before)?.closeTooltip();
  }
  if (code) show(code);
};

/** @param {string} code */
const show = (code) => {
  const shape = shapes.get(code);
  const tooltip = shape?.getTooltip();
  if (!map || !shape || !tooltip) return;
  paint(code);
  if (!map.getBounds().intersects(shape.getBounds())) return;
  tooltip.options.direction = side(map, shape.getBounds().getCenter());
  shape.openTooltip();
};

/** @param {string} code */
const open = (code) => {
  const address = new URL(location.href);
  address.searchParams.set("open", code);
  go(address.pathname + address.search);
};

// The edge of the estate that is open, over the roads.
/**
 * @param {L.Map} on
 * @param {string | null} code
 */
const mark = (on, code) => {
  outline?.remove();
  const feature = code && shapes.get(code)?.feature;
  if (!feature) return;
  pane(on, "opened", 460);
  const fixed = { pane: "opened", interactive: false, renderer: L.svg({ pane: "opened", padding: 0.5 }) };
  /**
   * @param {string} color
   * @param {number} weight
   */
  const edge = (color, weight) => L.geoJSON(feature, { ...fixed, style: { color, weight, fill: false, opacity: 1 } });
  outline = L.layerGroup([edge("white", 7), edge(colours.ink, 3.5)]).addTo(on);
};

/**
 * @param {L.Map} on
 * @param {string} code
 */
const reveal = (on, code) => {
  const bounds = shapes.get(code)?.getBounds();
  if (!bounds || on.getBounds().contains(bounds)) return;
  on.fitBounds(bounds.pad(1.5), { maxZoom: Math.max(zooms.estate, on.getZoom()), animate: !still });
};

// The list scrolls by itself where it has a frame of its own; the page never moves.
/** @param {string} code */
const follow = (code) => {
  const frame = one("#ranking-scroll");
  const row = document.getElementById(`list-${code}`);
  if (!row || frame.scrollHeight <= frame.clientHeight) return;
  const above = row.offsetTop - frame.offsetTop - frame.scrollTop;
  if (above < 0 || above > frame.clientHeight - row.offsetHeight) frame.scrollTop += above - frame.clientHeight / 3;
};

// Where everything is one below the other, what is told of the estate is far from the row that opened it.
const tell = () => {
  const message = one("#message");
  const { top, bottom } = message.getBoundingClientRect();
  if (wide() || (bottom >= 80 && top <= innerHeight)) return;
  message.scrollIntoView({ behavior: still ? "auto" : "smooth" });
};

class Estates extends L.GeoJSON {
  /** @type {string | null} */
  #opened = null;

  constructor() {
    super(null, {
      style: (feature) => style(feature?.properties.code),
      onEachFeature: ({ properties: { code } }, layer) => {
        const shape = /** @type {L.Polygon} */ (layer);
        shapes.set(code, shape);
        shape.bindTooltip(() => card(code), { className: "card", direction: "top", opacity: 1, sticky: false });
        // Leaflet's own opening by hover would leave list and table behind.
        shape.off("mouseover").off("mouseout").off("mousemove");
        shape.on({ mouseover: () => point(code), mouseout: () => point(null), click: () => open(code) });
      },
    });
  }

  /** @param {L.Map} on */
  onAdd(on) {
    this.#fill(on);
    return super.onAdd(on);
  }

  /** @param {L.Map} on */
  async #fill(on) {
    this.addData(await estatesFile());
    light(on);
    // A basemap may come after the estates.
    on.on("zoomend layeradd", () => light(on));
    this.show(view);
  }

  /** @param {OfficersView} fresh */
  show(fresh) {
    const before = this.#opened;
    view = fresh;
    this.#opened = view.open;
    paintAll();
    if (!this._map) return;
    mark(this._map, view.open);
    if (!view.open || view.open === before) return;
    reveal(this._map, view.open);
    follow(view.open);
    tell();
  }
}

export const estates = () => drawn(new Estates());

/** The shading alone is switched on and off: outlines, cards and clicks stay. */
export const rate = () => {
  /** @param {boolean} is */
  const set = (is) => {
    shaded = is;
    showFigures(is);
    redraw();
    paintAll();
    one('[data-legend="rate"]').hidden = !is;
  };
  return L.layerGroup()
    .on("add", () => set(true))
    .on("remove", () => set(false));
};

/** @param {Event} event */
const estate = (event) => closest(event, "[data-estate]")?.dataset.estate ?? null;
document.addEventListener("mouseover", (event) => {
  if (!closest(event, ".leaflet-container")) point(estate(event));
});
document.addEventListener("focusin", (event) => point(estate(event)));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") point(null);
});
