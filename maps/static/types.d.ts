// What the server tells the scripts: maps/compose.py, maps/officer.py, maps/hotspots.py, web/projects_view.py. A test
// holds real pages to it.
import type { LatLngTuple } from "leaflet";
import type { HeatmapLayerSpecification } from "maplibre-gl";

/** What is the same for every view, and said once, in Python. */
export interface Facts {
  colours: {
    ink: string;
    quiet: string;
    line: string;
    teal: string;
    paper: string;
    outside: string;
    districtEdge: string;
    hatch: string;
    road: string;
    roadEdge: string;
    roadNumber: string;
    focus: string;
    focusEdge: string;
  };
  /** Opacity of the shading: alone, over a basemap, and where single records are read through it. */
  shading: { alone: number; basemap: number; records: number };
  /** Leaflet's, but for that of the first tiles, which is MapLibre's. */
  zooms: { tiles: number; estate: number; place: number; extent: number; records: number };
  /** Metres around the earth as Web Mercator has it. */
  equator: number;
}

/** South-west and north-east. */
export type Corners = [LatLngTuple, LatLngTuple];

/** What every page with a map is told of what it shows. */
export interface View {
  /** Where the map looks first, if a place was named. */
  near?: Corners | null;
}

/** A layer that is told of every new view. */
export interface Part {
  // biome-ignore lint/suspicious/noExplicitAny: each layer knows the view of its own page.
  show(view: any): void;
}

export interface OfficersView extends View {
  layer: RecordLayer;
  colours: string[];
  estates: Record<string, Estate>;
  open: string | null;
  tiles: string;
  paint: HeatmapLayerSpecification["paint"];
  kernel: { metres: number; from: number };
  deepest: number;
  items: string | null;
  hotspots: Hotspots;
}

export interface RecordLayer {
  id: string;
  noun: [string, string];
  hue: string;
  marker: string;
  /** The field that says what a record is. */
  heading: string;
  /** What each field is called. */
  fields: Record<string, string>;
}

export interface Estate {
  name: string;
  /** Its class in the legend. */
  step: number | null;
  homes: number;
  figure: string;
  card: string;
}

export interface Hotspots {
  /** Metres. */
  cellWidth: number;
  cells: HotspotCell[];
  places: HotspotPlace[];
}

export interface Hotspot {
  /** The number of the place that it is, or is a part of. */
  place: number;
  title: string;
  words: string;
  /** Codes of those that it lies in. */
  estates: string[];
  letter: string;
  colour: string;
  tint: string;
  dashes: string;
}

export interface HotspotCell extends Hotspot {
  ring: LatLngTuple[];
}

export interface HotspotPlace extends Hotspot {
  at: LatLngTuple;
}

export interface ProjectsView extends View {
  hue: string;
  projects: Project[];
}

export interface Project {
  id: string;
  address: string;
  title: string;
  label: string;
  about: string;
  letter: string;
  place: LatLngTuple;
}

/** What `/estates.geojson` tells of an estate. */
export interface Outline {
  code: string;
  name: string;
  parish: string;
  /** Longitude and latitude where the name goes, and the room there is around it, metres. */
  at: [number, number];
  room: number;
}

/** A collection of records, as the API answers. */
export interface RecordItems {
  features: GeoJSON.Feature<GeoJSON.Point | null, RecordFields>[];
  numberMatched: number;
}

export type RecordFields = Record<string, string | number | boolean | null>;

/** What is drawn in so many pixels of the map's panes. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A letter of a hotspot, and the estates it lies in. */
export interface Letter extends Box {
  estates: string[];
}

export interface Line {
  words: string;
  bold: boolean;
}
