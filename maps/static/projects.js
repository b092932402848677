// @ts-check
// The projects of the list as markers: clustered where they are close, opened from the list and from the map.
import L from "leaflet";
import "leaflet.markercluster";
import { fit, map, popupPadding } from "./controls.js";
import { all, closest, make, one } from "./dom.js";
import { drawn, facts, still } from "./page.js";

/** @import { MarkerCluster } from "leaflet" */
/** @import { Project, ProjectsView } from "./types.d.ts" */

/** @type {Map<string, L.Marker>} */
const markers = new Map();

/** @param {Project} project */
const about = ({ address, title, about: words }) => {
  const made = make("div");
  const link = make("a", "Read about it");
  link.href = address;
  made.append(make("h3", title), words, make("br"), link);
  return made;
};

/** @param {string} id */
const choose = (id) => {
  for (const each of all(".project.opened")) each.classList.remove("opened");
  for (const [key, marker] of markers) marker.getElement()?.classList.toggle("opened", key === id);
  const item = all("[data-project]").find((each) => each.dataset.project === id);
  if (!item) return;
  item.classList.add("opened");
  const frame = one("#ranking-scroll");
  if (frame.scrollHeight > frame.clientHeight) frame.scrollTop = item.offsetTop - frame.offsetTop - 16;
};

/** @param {string} letter */
const leaf = (letter) => {
  const made = /** @type {HTMLElement} */ (one(".legend .mark").cloneNode(true));
  one("span", made).textContent = letter;
  return made;
};

/**
 * @param {Project} project
 * @param {string} hue
 */
const mark = (project, hue) => {
  const { id, label, letter, place } = project;
  const icon = L.divIcon({ className: "place", html: leaf(letter), iconSize: [36, 36] });
  const made = L.marker(place, { icon, title: label, riseOnHover: true });
  made.bindPopup(() => about(project), { maxWidth: 280, ...popupPadding() });
  made.on("popupopen", () => choose(id)).on("popupclose", () => choose(""));
  made.on("add", () => {
    made.getElement()?.setAttribute("aria-label", label);
    made.getElement()?.style.setProperty("--hue", hue);
  });
  return made;
};

/** @param {MarkerCluster} group */
const cluster = (group) => {
  const count = group.getChildCount();
  const side = count < 10 ? 38 : count < 50 ? 44 : 52;
  return L.divIcon({ className: "cluster", html: make("span", count), iconSize: [side, side] });
};

// Leaflet gives clusters neither a name nor words.
const name = () => {
  for (const each of all(".leaflet-marker-pane .cluster:not([aria-label])")) {
    each.setAttribute("aria-label", `${each.textContent} projects close together: zoom in`);
  }
};

class Projects extends L.MarkerClusterGroup {
  #hue = "";

  constructor() {
    super({
      iconCreateFunction: cluster,
      showCoverageOnHover: false,
      maxClusterRadius: 46,
      animate: !still,
      spiderLegPolylineOptions: { weight: 1.5, color: facts.colours.ink, opacity: 0.6 },
    });
    this.on("animationend layeradd spiderfied", name);
  }

  /** @param {L.Map} on */
  onAdd(on) {
    on.getContainer().style.setProperty("--hue", this.#hue);
    on.on("moveend layeradd", name);
    return super.onAdd(on);
  }

  /** @param {ProjectsView} view */
  show({ hue, near, projects }) {
    this.#hue = hue;
    this.clearLayers();
    markers.clear();
    for (const each of projects) markers.set(each.id, mark(each, hue));
    this.addLayers([...markers.values()]);
    if (near && map) fit(map, near);
  }
}

export const projects = () => {
  const group = new Projects();
  document.addEventListener("click", (event) => {
    const shown = markers.get(closest(event, "[data-show]")?.dataset.show ?? "");
    if (!shown) return;
    event.preventDefault();
    one("#picture").scrollIntoView({ block: "nearest" });
    group.zoomToShowLayer(shown, () => shown.openPopup());
  });
  return drawn(group);
};
