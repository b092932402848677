// Names of the estates with their figures, and the numbers of the grid roads: as many as fit, none over another,
// none cut off.
"use strict";

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const METRES = 40075016.686;
  const SHORT = 62;
  const size = (zoom) => Math.min(16, Math.max(11, 11 + (zoom - 12) * 1.25));
  const ruler = document.createElement("canvas").getContext("2d");

  const measure = (words, pixels, bold) => {
    ruler.font = `${bold ? 700 : 400} ${pixels}px "Atkinson Hyperlegible Next", arial, sans-serif`;
    return ruler.measureText(words).width;
  };

  // In two lines of about the same length, where there is a space.
  const broken = (name) => {
    const spaces = [...name.matchAll(/ /g)].map((match) => match.index);
    if (!spaces.length) return [name];
    const middle = spaces.reduce((best, each) => (Math.abs(each - name.length / 2) < Math.abs(best - name.length / 2) ? each : best));
    return [name.slice(0, middle), name.slice(middle + 1)];
  };

  const box = (lines, x, y, pixels) => {
    const width = Math.max(...lines.map((line) => measure(line.words, pixels, line.bold))) + 4;
    const height = lines.length * pixels * 1.12 + 2;
    return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
  };

  const clear = (one, others) => others.every((each) => one.right < each.left || one.left > each.right || one.bottom < each.top || one.top > each.bottom);
  const within = (one, frame) => one.left >= frame.left && one.right <= frame.right && one.top >= frame.top && one.bottom <= frame.bottom;

  // Where a name goes: in its place, or below or above a letter of its own estate that is there.
  const beside = (choice, code, at, pixels, letters) => {
    const wanted = box(choice, at.x, at.y, pixels);
    const there = letters.find((each) => each.estates.includes(code) && !clear(wanted, [each]));
    if (!there) return [{ choice, at, wanted }];
    const half = (wanted.bottom - wanted.top) / 2 + 1;
    return [there.bottom + half, there.top - half].map((y) => ({ choice, at: L.point(at.x, y), wanted: box(choice, at.x, y, pixels) }));
  };

  const Names = L.Layer.extend({
    onAdd(map) {
      priorities.pane(map, "names", 550);
      this._svg = document.createElementNS(SVG, "svg");
      this._svg.setAttribute("class", "names leaflet-zoom-hide");
      this._svg.setAttribute("aria-hidden", "true");
      this._svg.style.overflow = "visible";
      map.getPane("names").append(this._svg);
      Promise.all([priorities.json("/estates.geojson"), priorities.json("/grid-roads.geojson"), document.fonts.ready]).then(([estates, roads]) => {
        this._estates = estates.features.map((each) => each.properties).sort((one, other) => other.room - one.room);
        this._roads = roads.features;
        this._draw();
      });
    },

    onRemove() { this._svg.remove(); },
    getEvents() { return { moveend: this._draw, resize: this._draw }; },
    show(view) { this._view = view; if (this._map) this._draw(); },

    // The choices for a name, the best first: with its figure, in two lines, alone; of those that fit its estate, or
    // are short enough to be read as its name though they stand out a little.
    _choices({ code, name, room }, perMetre, pixels) {
      const { figure } = this._view.estates?.[code] ?? {};
      const opened = this._view.open === code;
      const told = figure && priorities.shaded ? [{ words: figure, bold: true }] : [];
      const lines = (words) => words.map((each) => ({ words: each, bold: opened }));
      const all = [[...lines([name]), ...told], [...lines(broken(name)), ...told], lines([name]), lines(broken(name))];
      const across = Math.max(2 * room * perMetre * 1.3, SHORT);
      return all.filter((choice) => opened || Math.max(...choice.map((line) => measure(line.words, pixels, line.bold))) <= across && choice.length * pixels * 1.1 <= Math.max(2 * room * perMetre * 1.2, 2 * pixels * 1.1));
    },

    _draw() {
      const map = this._map;
      if (!map || !this._estates) return;
      const zoom = map.getZoom();
      const pixels = size(zoom);
      const perMetre = 256 * 2 ** zoom / (METRES * Math.cos(map.getCenter().lat * Math.PI / 180));
      const corner = map.containerPointToLayerPoint([0, 0]);
      const frame = { left: corner.x + 2, top: corner.y + 2, right: corner.x + map.getSize().x - 2, bottom: corner.y + map.getSize().y - 2 };
      const taken = [];
      const letters = priorities.letters?.() ?? [];
      this._svg.replaceChildren();
      // The one that is open, or else the one that the sentence is about.
      const told = this._view.open ?? Object.keys(this._view.estates ?? {})[0];
      const first = this._estates.filter((each) => each.code === told);
      for (const estate of [...first, ...this._estates.filter((each) => !first.includes(each))]) {
        const at = map.latLngToLayerPoint([estate.at[1], estate.at[0]]);
        const places = this._choices(estate, perMetre, pixels).flatMap((choice) => beside(choice, estate.code, at, pixels, letters));
        const found = places.find(({ wanted }) => within(wanted, frame) && clear(wanted, taken) && clear(wanted, letters));
        if (!found) continue;
        taken.push(found.wanted);
        this._write(found.choice, found.at, pixels, estate.code === this._view.open ? "names__opened" : "");
      }
      this._numbers(map, frame, [...taken, ...letters]);
    },

    // A number now and then is enough to follow a road by; a road that is short on the screen needs none.
    _numbers(map, frame, taken) {
      const apart = [];
      for (const road of this._roads) {
        const words = road.properties.code;
        const lines = road.geometry.type === "LineString" ? [road.geometry.coordinates] : road.geometry.coordinates;
        const ends = L.latLngBounds(lines.flat().map(([lon, lat]) => [lat, lon]));
        if (map.latLngToLayerPoint(ends.getSouthWest()).distanceTo(map.latLngToLayerPoint(ends.getNorthEast())) < 130) continue;
        let last = null;
        for (const [lon, lat] of lines.flat()) {
          const at = map.latLngToLayerPoint([lat, lon]);
          if (last && at.distanceTo(last) < 320) continue;
          const wanted = box([{ words, bold: true }], at.x, at.y, 11);
          if (!within(wanted, frame) || !clear(wanted, taken) || !clear(wanted, apart)) continue;
          apart.push(wanted);
          last = at;
          this._write([{ words, bold: true }], at, 11, "names__road");
        }
      }
    },

    _write(lines, at, pixels, kind) {
      const text = document.createElementNS(SVG, "text");
      text.setAttribute("class", kind);
      text.setAttribute("font-size", pixels);
      const top = at.y - (lines.length * pixels * 1.12) / 2;
      lines.forEach((line, index) => {
        const part = document.createElementNS(SVG, "tspan");
        part.setAttribute("x", at.x);
        part.setAttribute("y", top + pixels * (0.9 + index * 1.12));
        if (line.bold) part.setAttribute("class", "names__figure");
        part.textContent = line.words;
        text.append(part);
      });
      this._svg.append(text);
    },
  });

  priorities.names = () => priorities.drawn(new Names());
})();
