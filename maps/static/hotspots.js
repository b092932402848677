// Hotspots: cells with outline, fill and letter, and the places that they make up, which are in the list too. What is
// pointed at in one is pointed at in the other. From afar a letter stands for a place, from near for a cell.
"use strict";

(() => {
  const ROOM = 40;
  const ROUND = 40075016.686;
  const BESIDE = { top: [0, -14], bottom: [0, 14], left: [-14, 0], right: [14, 0] };

  const card = ({ title, words }) => {
    const made = document.createElement("div");
    const heading = document.createElement("strong");
    heading.textContent = title;
    if (title) made.append(heading);
    made.append(words);
    return made;
  };

  const row = (place) => document.querySelector(`[data-place="${place}"]`);

  const Hotspots = L.LayerGroup.extend({
    onAdd(map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      priorities.pane(map, "hotspots", 450);
      this._renderer ??= L.svg({ pane: "hotspots", padding: 0.5 });
      map.on("zoomend", this._letters, this);
      this._added = true;
      this._draw();
      this._told(true);
    },

    onRemove(map) {
      map.off("zoomend", this._letters, this);
      this._added = false;
      this._marks = [];
      this.clearLayers();
      L.LayerGroup.prototype.onRemove.call(this, map);
      this._told(false);
    },

    // Leaflet forgets the map only after a layer has been taken off it.
    show(view) { if (this._added && this._drawn !== view.hotspots) this._draw(); },

    _told(is) {
      document.querySelector('[data-legend="hotspots"]').hidden = !is;
      priorities.redraw();
    },

    _draw() {
      this._drawn = priorities.view.hotspots;
      this._near = null;
      this.clearLayers();
      this._marks = [];
      // White below the colour, or the outline is lost on what it lies on.
      const fixed = { pane: "hotspots", renderer: this._renderer };
      for (const { ring } of this._drawn.cells) L.polygon(ring, { ...fixed, interactive: false, color: "#fff", weight: 7, opacity: 1, fill: false }).addTo(this);
      this._cells = this._drawn.cells.map((cell) => {
        const shape = L.polygon(cell.ring, { ...fixed, color: cell.colour, weight: 2.5, opacity: 1, dashArray: cell.dashes, fillColor: cell.tint, fillOpacity: 0.7 });
        return this._tell(shape, cell).addTo(this);
      });
      this._letters();
    },

    _tell(layer, told) {
      layer.told = told;
      layer.bindTooltip(() => card(told), { className: "card", opacity: 1, direction: "top" });
      layer.on("tooltipopen", ({ tooltip }) => {
        const direction = priorities.side(this._map, layer.getCenter?.() ?? layer.getLatLng());
        Object.assign(tooltip.options, { direction, offset: layer.getCenter ? [0, 0] : BESIDE[direction] });
        tooltip.update();
      });
      return layer.on({ mouseover: () => this._point(told.place), mouseout: () => this._point(null), click: () => this._follow(told.place) });
    },

    _letters() {
      const zoom = this._map.getZoom();
      const metres = ROUND * Math.cos(this._map.getCenter().lat * Math.PI / 180) / (256 * 2 ** zoom);
      const near = this._drawn.across / metres >= ROOM;
      if (near === this._near) return;
      this._near = near;
      for (const mark of this._marks) this.removeLayer(mark);
      const marked = near ? this._drawn.cells : this._drawn.places;
      this._marks = marked.map((each) => this._mark(each).addTo(this));
    },

    _mark(told) {
      const icon = L.divIcon({ className: "hotspot-mark", html: `<span>${told.letter}</span>`, iconSize: [28, 28] });
      const mark = L.marker(told.at ?? L.latLngBounds(told.ring).getCenter(), { icon, riseOnHover: true });
      mark.on("add", () => {
        const element = mark.getElement();
        element.setAttribute("aria-label", [told.title, told.words].filter(Boolean).join(". "));
        element.style.setProperty("--hue", told.colour);
        element.addEventListener("focus", () => this._point(told.place));
        element.addEventListener("blur", () => this._point(null));
      });
      return this._tell(mark, told);
    },

    _point(place) {
      for (const each of document.querySelectorAll("[data-place]")) each.classList.toggle("pointed", each.dataset.place === String(place));
      for (const cell of this._cells ?? []) cell.setStyle({ weight: cell.told.place === place ? 4.5 : 2.5 });
    },

    // Only where the list has a frame of its own; the page never moves.
    _follow(place) {
      const frame = document.getElementById("ranking-scroll");
      if (frame.scrollHeight > frame.clientHeight) frame.scrollTop = row(place).offsetTop - frame.offsetTop - 8;
      this._point(place);
    },

    reveal(place) {
      const cells = this._cells.filter((cell) => cell.told.place === place);
      this._map.fitBounds(L.featureGroup(cells).getBounds().pad(1), { maxZoom: 15, animate: false });
      // From near it would hide the cells that it tells of, and the list tells it already.
      if (!this._near) this._marks.find((each) => each.told.place === place).openTooltip();
      this._point(place);
    },

    point(place) { if (this._added) this._point(place); },
  });

  let shown = null;

  // What the letters cover, in the pixels of the map's panes: names keep clear of it.
  priorities.letters = () => (shown?._added ? shown._marks : []).map((mark) => {
    const { x, y } = shown._map.latLngToLayerPoint(mark.getLatLng());
    return { estates: mark.told.estates, left: x - 15, right: x + 15, top: y - 15, bottom: y + 15 };
  });
  priorities.hotspots = () => (shown = priorities.drawn(new Hotspots()));

  const place = (event) => event.target.closest?.("a[data-place]");
  const point = (event) => { if (!event.target.closest?.(".leaflet-container")) shown?.point(place(event) ? Number(place(event).dataset.place) : null); };
  document.addEventListener("mouseover", point);
  document.addEventListener("focusin", point);
  document.addEventListener("click", (event) => {
    const link = place(event);
    if (!link || !shown?._added) return;
    event.preventDefault();
    shown.reveal(Number(link.dataset.place));
    if (!matchMedia("(min-width: 60rem)").matches) document.getElementById("picture").scrollIntoView({ behavior: priorities.still ? "auto" : "smooth" });
  });
})();
