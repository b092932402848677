// The projects of the list as markers: clustered where they are close, opened from the list and from the map.
"use strict";

(() => {
  const markers = new Map();

  const about = ({ address, title, about: words }) => {
    const made = document.createElement("div");
    const heading = document.createElement("h3");
    const link = document.createElement("a");
    heading.textContent = title;
    link.href = address;
    link.textContent = "Read about it";
    made.append(heading, words, document.createElement("br"), link);
    return made;
  };

  const choose = (id) => {
    for (const each of document.querySelectorAll(".project.opened")) each.classList.remove("opened");
    for (const [key, marker] of markers) marker.getElement()?.classList.toggle("opened", key === id);
    const item = [...document.querySelectorAll("[data-project]")].find((each) => each.dataset.project === id);
    item?.classList.add("opened");
    const frame = document.getElementById("ranking-scroll");
    if (item && frame.scrollHeight > frame.clientHeight) frame.scrollTop = item.offsetTop - frame.offsetTop - 16;
  };

  const marker = (each, hue) => {
    const icon = L.divIcon({ className: "place", html: leaf(each.letter), iconSize: [36, 36] });
    const made = L.marker(each.place, { icon, title: each.label, riseOnHover: true });
    made.bindPopup(() => about(each), { maxWidth: 280, ...priorities.popupPadding() });
    made.on("popupopen", () => choose(each.id)).on("popupclose", () => choose(""));
    made.on("add", () => {
      made.getElement().setAttribute("aria-label", each.label);
      made.getElement().style.setProperty("--hue", hue);
    });
    return made;
  };

  const leaf = (letter) => {
    const made = document.querySelector(".legend .mark").cloneNode(true);
    made.querySelector("span").textContent = letter;
    return made;
  };

  const cluster = (group) => {
    const count = group.getChildCount();
    const side = count < 10 ? 38 : count < 50 ? 44 : 52;
    const html = document.createElement("span");
    html.textContent = count;
    return L.divIcon({ className: "cluster", html, iconSize: [side, side] });
  };

  priorities.projects = () => {
    const group = L.markerClusterGroup({ iconCreateFunction: cluster, showCoverageOnHover: false, maxClusterRadius: 46, animate: !priorities.still, spiderLegPolylineOptions: { weight: 1.5, color: "#14212b", opacity: 0.6 } });
    group.on("animationend layeradd spiderfied", () => name(group));
    group.on("add", () => {
      group._map.getContainer().style.setProperty("--hue", priorities.view.hue);
      group._map.on("moveend layeradd", () => name(group));
    });
    group.show = (view) => {
      group.clearLayers();
      markers.clear();
      for (const each of view.projects) markers.set(each.id, marker(each, view.hue));
      group.addLayers([...markers.values()]);
      if (view.near && priorities.map) priorities.fit(priorities.map, view.near);
    };
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-show]");
      const shown = link && markers.get(link.dataset.show);
      if (!shown) return;
      event.preventDefault();
      document.getElementById("picture").scrollIntoView({ block: "nearest" });
      group.zoomToShowLayer(shown, () => shown.openPopup());
    });
    return priorities.drawn(group);
  };

  // Leaflet gives clusters neither a name nor words.
  const name = (group) => {
    for (const each of group._map?.getPane("markerPane").querySelectorAll(".cluster:not([aria-label])") ?? []) {
      each.setAttribute("aria-label", `${each.textContent} projects close together: zoom in`);
    }
  };
})();
