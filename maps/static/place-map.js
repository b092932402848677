// @ts-check
// What folium's script draws the map with on which a place is chosen.
export { controls } from "./controls.js";
export { mask, outlines, pmtiles, roads } from "./ground.js";
export { names } from "./names.js";
export { place } from "./place.js";
