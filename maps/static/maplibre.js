// @ts-check
// MapLibre as a layer of Leaflet, with its worker from a file: by itself it would make it of a blob.
import maplibregl from "maplibre-gl";

maplibregl.setWorkerUrl(new URL("maplibre-gl-worker.js", import.meta.url).href);

export { maplibreGL } from "@maplibre/maplibre-gl-leaflet";
