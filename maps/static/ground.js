// What lies under the evidence: the district's edge, the grid roads, a basemap from a file.
"use strict";

(() => {
  const PAPER = "#f6f4ee";
  const OUTSIDE = "#e4e0d3";
  const WORLD = [[-80, -179], [-80, 179], [80, 179], [80, -179]];

  const rings = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).flat();
  const district = () => priorities.json("/district.geojson").then((file) => file.features.map((each) => each.geometry));

  // Leaflet takes an attribution for HTML; ours may come from a file that somebody imported.
  const plain = (words) => words.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);

  const pane = (map, name, order) => {
    if (map.getPane(name)) return;
    map.createPane(name).style.zIndex = order;
    map.getPane(name).style.pointerEvents = "none";
  };

  // Everything but the district, under a veil whose edge is drawn soft by a few wide, faint strokes.
  priorities.mask = ({ attribution }) => {
    const group = L.layerGroup([], { attribution: plain(attribution) });
    const add = async () => {
      const map = group._map;
      pane(map, "mask", 250);
      const holes = (await district()).flatMap(rings).map((ring) => ring.map(([lon, lat]) => [lat, lon]));
      const fixed = { pane: "mask", interactive: false, renderer: L.svg({ pane: "mask", padding: 0.5 }) };
      for (const weight of [22, 14, 7]) {
        L.polygon([WORLD, ...holes], { ...fixed, fill: false, color: OUTSIDE, weight, opacity: 0.28 }).addTo(group);
      }
      L.polygon([WORLD, ...holes], { ...fixed, color: "#8f8873", weight: 1.2, fillColor: OUTSIDE, fillOpacity: 0.78 }).addTo(group);
    };
    group.on("add", add);
    return group;
  };

  // Pale double lines, as wide as the zoom has room for.
  priorities.roads = () => {
    const group = L.layerGroup();
    const width = (zoom) => Math.min(9, Math.max(1.4, 1.4 + (zoom - 11) * 1.1));
    let lines = [];
    const draw = () => {
      const core = width(group._map.getZoom());
      for (const [line, more] of lines) line.setStyle({ weight: core + more });
    };
    const add = async () => {
      const map = group._map;
      map.on("zoomend", draw);
      pane(map, "roads", 420);
      const file = await priorities.json("/grid-roads.geojson");
      if (!lines.length) {
        const fixed = { pane: "roads", interactive: false, renderer: L.svg({ pane: "roads", padding: 0.5 }) };
        lines = [["#b9b09a", 1.6], ["#fffdf7", 0]].map(([color, more]) => [L.geoJSON(file, { ...fixed, style: { color, opacity: 1 } }).addTo(group), more]);
      }
      if (group._map) draw();
    };
    group.on("add", add);
    group.on("remove", (event) => event.target._map?.off("zoomend", draw));
    return group;
  };

  // Outlines alone, for a map whose evidence is elsewhere.
  priorities.outlines = () => {
    const layer = L.geoJSON(null, { interactive: false, style: { color: "#14212b", weight: 0.8, opacity: 0.45, fillColor: PAPER, fillOpacity: 0.25 } });
    priorities.json("/estates.geojson").then((file) => layer.addData(file));
    return layer;
  };

  priorities.pmtiles = ({ address, attribution }) => {
    const group = L.layerGroup([], { attribution: plain(attribution) });
    priorities.script("protomaps-leaflet.js").then(() => {
      group.addLayer(protomapsL.leafletLayer({ url: new URL(address, location).href, flavor: "light", lang: "en", attribution: "" }));
    });
    return group;
  };

  // Shows an element of a pane inside the district only. The path is in the pane's own pixels, which stay the same
  // while the map is dragged, and are others after each zoom.
  priorities.clip = async (map, element) => {
    const shapes = (await district()).flatMap(rings);
    const draw = () => {
      const path = shapes.map((ring) => "M" + ring.map(([lon, lat]) => {
        const { x, y } = map.latLngToLayerPoint([lat, lon]);
        return `${x} ${y}`;
      }).join("L") + "Z");
      element.style.clipPath = `path(evenodd, "${path.join("")}")`;
    };
    map.on("zoomend viewreset", draw);
    map.on("zoomstart", () => { element.style.clipPath = "none"; });
    draw();
  };

  priorities.pane = pane;
})();
