// Single records, when zoomed in far enough to tell them apart: those in view, fetched with the view's filters.
"use strict";

(() => {
  const FROM = 16;
  const MOST = 1500;
  const SVG = "http://www.w3.org/2000/svg";

  const element = (name, words, kind) => {
    const made = document.createElement(name);
    if (words !== undefined) made.textContent = words;
    if (kind) made.className = kind;
    return made;
  };

  const mark = (shape, words) => {
    const made = element("span", undefined, "mark");
    const svg = document.createElementNS(SVG, "svg");
    const use = document.createElementNS(SVG, "use");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#mark-${shape}`);
    svg.append(use);
    made.append(svg, element("span", words));
    return made;
  };

  const said = (value) => {
    if (value === true) return "yes";
    if (value === false) return "no";
    if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return new Date(`${value}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
    return String(value);
  };

  const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

  const about = (record, { fields, heading }) => {
    const made = element("section");
    made.append(element("h3", capital(record[heading])));
    const list = element("dl");
    for (const [name, description] of Object.entries(fields)) {
      const value = record[name];
      if (value === null || value === undefined || name === heading) continue;
      list.append(element("dt", description), element("dd", said(value)));
    }
    made.append(list);
    return made;
  };

  const popup = (records, layer) => {
    const made = element("div");
    if (records.length > 1) made.append(element("h3", `${records.length} ${layer.noun[1]} at this point`));
    made.append(...records.map((record) => about(record, layer)));
    return made;
  };

  const Records = L.LayerGroup.extend({
    onAdd(map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("moveend", this._fetch, this);
      this._fetch();
    },

    onRemove(map) {
      map.off("moveend", this._fetch, this);
      this._asked?.abort();
      this.clearLayers();
      this._shown = "";
      L.LayerGroup.prototype.onRemove.call(this, map);
    },

    show() { if (this._map) this._fetch(); },

    async _fetch() {
      const { items } = priorities.view;
      const map = this._map;
      this._asked?.abort();
      if (!items || map.getZoom() < FROM) { this.clearLayers(); this._shown = ""; return; }
      const address = `${items}&bbox=${map.getBounds().toBBoxString()}&limit=${MOST}`;
      if (address === this._shown) return;
      this._asked = new AbortController();
      try {
        const answer = await fetch(address, { signal: this._asked.signal, headers: { Accept: "application/geo+json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        this._draw(await answer.json());
        this._shown = address;
      } catch (error) {
        if (error.name !== "AbortError") priorities.say("The single records could not be loaded. Move the map to try again.", true);
      }
    },

    // Opening a popup moves the map, which fetches again: what is still there keeps its marker, popup and focus.
    _draw({ features, numberMatched }) {
      const { layer } = priorities.view;
      const places = new Map();
      for (const { geometry, properties } of features) {
        if (!geometry) continue;
        const key = `${priorities.view.items} ${geometry.coordinates}`;
        places.set(key, [...(places.get(key) ?? []), properties]);
      }
      this.eachLayer((marker) => { if (!places.has(marker.options.key)) this.removeLayer(marker); });
      const there = new Set(this.getLayers().map((marker) => marker.options.key));
      for (const [key, records] of places) if (!there.has(key)) this._add(key, records, layer);
      const some = numberMatched > features.length;
      if (some) priorities.say(`${features.length.toLocaleString("en-GB")} of ${numberMatched.toLocaleString("en-GB")} records here are shown. Zoom in to see the others.`, true);
      else if (this._some) priorities.say("");
      this._some = some;
    },

    _add(key, records, layer) {
      const [lon, lat] = key.split(" ")[1].split(",").map(Number);
      const words = records.length > 1 ? `${records.length} ${layer.noun[1]}` : capital(records[0][layer.heading]);
      const icon = L.divIcon({ className: "place", html: mark(layer.marker, records.length > 1 ? records.length : ""), iconSize: [32, 32] });
      const marker = L.marker([lat, lon], { key, icon, title: words, riseOnHover: true });
      marker.bindPopup(() => popup(records, layer), { maxWidth: 320, ...priorities.popupPadding() });
      marker.on("add", () => {
        marker.getElement().setAttribute("aria-label", words);
        marker.getElement().style.setProperty("--hue", layer.hue);
      });
      this.addLayer(marker);
    },
  });

  priorities.mark = mark;
  priorities.records = () => priorities.drawn(new Records());
})();
