// Choosing a place on the map of a form: by a click, or by moving the map under the cross and pressing the button.
"use strict";

priorities.place = () => {
  const group = L.layerGroup();
  const field = document.getElementById("point");
  const said = document.getElementById("point-said");
  const clear = document.getElementById("point-clear");
  const ring = { radius: 11, color: "#14212b", weight: 3, fillColor: "#ffdd00", fillOpacity: 1, interactive: false };

  const show = (place) => {
    group.clearLayers();
    if (place) L.circleMarker(place, ring).addTo(group);
    said.textContent = place ? "A place is chosen on the map." : "No place is chosen on the map.";
    clear.hidden = !place;
  };

  const choose = ({ lat, lng }) => {
    field.value = `${lat.toFixed(6)},${lng.toFixed(6)}`;
    show([lat, lng]);
  };

  group.on("add", () => {
    const map = group._map;
    const typed = field.value.split(",").map(Number);
    const before = typed.length === 2 && typed.every(Number.isFinite) && typed;
    show(before || null);
    if (before) map.setView(before, 15, { animate: false });
    map.on("click", (event) => choose(event.latlng));
    document.getElementById("point-tools").hidden = false;
    document.getElementById("point-here").addEventListener("click", () => choose(map.getCenter()));
    clear.addEventListener("click", () => {
      field.value = "";
      show(null);
      document.getElementById("point-here").focus();
    });
  });
  group.show = () => {};
  return group;
};
