// @ts-check
// What folium's script draws the public map with.
export { controls } from "./controls.js";
export { mask, outlines, pmtiles, roads } from "./ground.js";
export { names } from "./names.js";
export { projects } from "./projects.js";
