// @ts-check
// Choosing a place on the map of a form: by a click, or by moving the map under the cross and pressing the button.
import L from "leaflet";
import { one } from "./dom.js";
import { facts } from "./page.js";

class Place extends L.LayerGroup {
  #field = /** @type {HTMLInputElement} */ (one("#point"));

  /** @param {L.Map} map */
  onAdd(map) {
    super.onAdd(map);
    const typed = this.#field.value.split(",").map(Number);
    const before = typed.length === 2 && typed.every(Number.isFinite) ? L.latLng(typed[0], typed[1]) : null;
    this.#show(before);
    if (before) map.setView(before, facts.zooms.place, { animate: false });
    map.on("click", ({ latlng }) => this.#choose(latlng));
    one("#point-tools").hidden = false;
    one("#point-here").addEventListener("click", () => this.#choose(map.getCenter()));
    one("#point-clear").addEventListener("click", () => {
      this.#field.value = "";
      this.#show(null);
      one("#point-here").focus();
    });
    return this;
  }

  /** @param {L.LatLng} place */
  #choose(place) {
    this.#field.value = `${place.lat.toFixed(6)},${place.lng.toFixed(6)}`;
    this.#show(place);
  }

  /** @param {L.LatLng | null} place */
  #show(place) {
    const { ink: color, focus: fillColor } = facts.colours;
    this.clearLayers();
    const ring = { radius: 11, color, weight: 3, fillColor, fillOpacity: 1, interactive: false };
    if (place) L.circleMarker(place, ring).addTo(this);
    one("#point-said").textContent = place ? "A place is chosen on the map." : "No place is chosen on the map.";
    one("#point-clear").hidden = !place;
  }
}

export const place = () => new Place();
