// The estates: shaded by rate, pointed at by hovering and focusing, opened by clicking and Enter; the same in list,
// table and map.
"use strict";

(() => {
  const INK = "#14212b";
  const RECORDS_FROM = 16;
  const shapes = new Map();
  let shaded = false;
  let pointed = null;
  let opacity = 0;
  let outline = null;

  const card = (code) => {
    const { name, card: words } = priorities.view.estates[code];
    const element = document.createElement("div");
    const title = document.createElement("strong");
    title.textContent = name;
    element.append(title, words);
    if (priorities.view.open !== code) {
      const open = document.createElement("span");
      open.className = "card__open";
      open.textContent = "Click or press Enter to open";
      element.append(open);
    }
    return element;
  };

  // As light as there is something to read through it; the legend's swatches follow.
  const light = (map) => {
    const lightness = map.getZoom() >= RECORDS_FROM ? 0.4 : map.getPane("tilePane").childElementCount ? 0.6 : 0.82;
    if (lightness === opacity) return;
    opacity = lightness;
    document.getElementById("picture").style.setProperty("--fill", opacity);
    for (const code of shapes.keys()) paint(code);
  };

  const style = (code) => {
    const { step, homes } = priorities.view.estates[code] ?? { step: null, homes: 1 };
    const line = pointed === code ? { weight: 2.5, opacity: 1 } : { weight: 0.8, opacity: 0.5 };
    const filled = shaded && (step !== null || !homes);
    const fill = filled && !homes ? { fillColor: "url(#hatch)", fillOpacity: 1 } : { fillColor: priorities.view.colours[step ?? 0] ?? "#fff", fillOpacity: filled ? opacity : 0 };
    return { color: INK, ...line, ...fill };
  };

  const paint = (code) => {
    const shape = shapes.get(code);
    shape?.setStyle(style(code));
    if (shape && pointed === code) shape.bringToFront();
  };

  const point = (code) => {
    if (code === pointed) return;
    const before = pointed;
    pointed = code;
    for (const each of document.querySelectorAll("[data-estate]")) each.classList.toggle("pointed", each.dataset.estate === code);
    if (before) {
      paint(before);
      shapes.get(before)?.closeTooltip();
    }
    const shape = shapes.get(code);
    if (!shape) return;
    paint(code);
    if (!shape._map?.getBounds().intersects(shape.getBounds())) return;
    shape.getTooltip().options.direction = priorities.side(shape._map, shape.getBounds().getCenter());
    shape.openTooltip();
  };

  const open = (code) => {
    const address = new URL(location.href);
    address.searchParams.set("open", code);
    priorities.go(address.pathname + address.search);
  };

  // The edge of the estate that is open, over the roads.
  const mark = (map, code) => {
    outline?.remove();
    outline = null;
    const shape = shapes.get(code);
    if (!shape) return;
    priorities.pane(map, "opened", 460);
    const fixed = { pane: "opened", interactive: false, renderer: L.svg({ pane: "opened", padding: 0.5 }) };
    const style = (feature, color, weight) => L.geoJSON(feature, { ...fixed, style: { color, weight, fill: false, opacity: 1 } });
    outline = L.layerGroup([style(shape.feature, "#fff", 7), style(shape.feature, INK, 3.5)]).addTo(map);
  };

  const reveal = (map, code) => {
    const shape = shapes.get(code);
    if (!shape || map.getBounds().contains(shape.getBounds())) return;
    map.fitBounds(shape.getBounds().pad(1.5), { maxZoom: Math.max(14, map.getZoom()), animate: !priorities.still });
  };

  // The list scrolls by itself where it has a frame of its own; the page never moves.
  const follow = (code) => {
    const frame = document.getElementById("ranking-scroll");
    const row = document.getElementById(`list-${code}`);
    if (!row || frame.scrollHeight <= frame.clientHeight) return;
    const above = row.offsetTop - frame.offsetTop - frame.scrollTop;
    if (above < 0 || above > frame.clientHeight - row.offsetHeight) frame.scrollTop += above - frame.clientHeight / 3;
  };

  // Where everything is one below the other, what is told of the estate is far from the row that opened it.
  const tell = () => {
    const message = document.getElementById("message");
    const { top, bottom } = message.getBoundingClientRect();
    const beside = matchMedia("(min-width: 60rem)").matches;
    if (!beside && (bottom < 80 || top > innerHeight)) message.scrollIntoView({ behavior: priorities.still ? "auto" : "smooth" });
  };

  priorities.estates = () => {
    const layer = L.geoJSON(null, {
      style: ({ properties }) => style(properties.code),
      onEachFeature: ({ properties: { code } }, shape) => {
        shapes.set(code, shape);
        shape.bindTooltip(() => card(code), { className: "card", direction: "top", opacity: 1, sticky: false });
        // Leaflet's own opening by hover would leave list and table behind.
        shape.off("mouseover").off("mouseout").off("mousemove");
        shape.on({ mouseover: () => point(code), mouseout: () => point(null), click: () => open(code) });
      },
    });
    let opened = null;
    layer.show = (view) => {
      for (const code of shapes.keys()) paint(code);
      if (layer._map) mark(layer._map, view.open);
      if (view.open && view.open !== opened && layer._map) {
        reveal(layer._map, view.open);
        follow(view.open);
        tell();
      }
      opened = view.open;
    };
    priorities.json("/estates.geojson").then((file) => {
      layer.addData(file);
      light(layer._map);
      // A basemap may come after the estates.
      layer._map.on("zoomend layeradd", ({ target }) => light(target));
      layer.show(priorities.view);
    });
    return priorities.drawn(layer);
  };

  // The shading alone is switched on and off: outlines, cards and clicks stay.
  priorities.rate = () => {
    const layer = L.layerGroup();
    const set = (is) => {
      shaded = is;
      priorities.shaded = is;
      priorities.redraw();
      for (const code of shapes.keys()) paint(code);
      document.querySelector('[data-legend="rate"]').hidden = !is;
    };
    layer.on("add", () => set(true)).on("remove", () => set(false));
    return layer;
  };

  const estate = (event) => event.target.closest?.("[data-estate]")?.dataset.estate ?? null;
  document.addEventListener("mouseover", (event) => { if (!event.target.closest?.(".leaflet-container")) point(estate(event)); });
  document.addEventListener("focusin", (event) => point(estate(event)));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") point(null); });
})();
