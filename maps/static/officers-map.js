// @ts-check
// What folium's script draws the officers' map with.
export { controls } from "./controls.js";
export { estates, rate } from "./estates.js";
export { mask, pmtiles, roads } from "./ground.js";
export { heat } from "./heat.js";
export { hotspots } from "./hotspots.js";
export { names } from "./names.js";
export { records } from "./records.js";
