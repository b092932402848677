// Our buttons and habits of the map: it has a name, it never swallows the page's scrolling, and whatever can be
// dragged can also be clicked.
"use strict";

(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const touch = matchMedia("(pointer: coarse)").matches;

  // How much of the map lies under legend and buttons, in pixels from its corner.
  const covered = () => {
    const legend = document.getElementById("legend");
    const over = getComputedStyle(legend).position === "absolute";
    return over ? { left: legend.offsetWidth + 24, top: 68 } : { left: 8, top: 8 };
  };

  // Where a card goes: away from the legend and the buttons, which lie over the map's corner and edge.
  const side = (map, place) => {
    const { x, y } = map.latLngToContainerPoint(place);
    const { left, top } = covered();
    if (x < left + 130) return "right";
    if (x > map.getSize().x - 130) return "left";
    return y < top + 150 ? "bottom" : "top";
  };

  // Beside the legend and below the buttons, so that they cover nothing of it.
  const fit = (map, bounds) => {
    map.fitBounds(bounds, { paddingTopLeft: [covered().left, covered().top], paddingBottomRight: [8, 24], maxZoom: 16, animate: false });
  };

  // Where a popup has to move the map to be seen.
  const popupPadding = () => ({ autoPanPaddingTopLeft: [covered().left, covered().top], autoPanPaddingBottomRight: [16, 24] });

  const hint = (words) => {
    const element = document.getElementById("hint");
    element.textContent = words;
    element.hidden = false;
    clearTimeout(hint.timer);
    hint.timer = setTimeout(() => { element.hidden = true; }, 1800);
  };

  const share = async () => {
    const address = { title: document.title, url: location.href };
    try {
      if (touch && navigator.share) await navigator.share(address);
      else {
        await navigator.clipboard.writeText(address.url);
        priorities.say("The address of this map has been copied.", true);
      }
    } catch (error) {
      if (error.name !== "AbortError") priorities.say("Copy the address from the top of the browser to share this map.", true);
    }
  };

  const locate = (map) => {
    let circle;
    map.once("locationfound", ({ latlng, accuracy }) => {
      circle = L.circle(latlng, { radius: accuracy, color: "#0b4a52", weight: 2, fillOpacity: 0.12, interactive: false }).addTo(map);
      map.setView(latlng, Math.max(map.getZoom(), 15), { animate: !still });
    });
    map.once("locationerror", () => priorities.say("Your place could not be found. Allow this page to know it, or move the map by hand.", true));
    map.locate();
    return circle;
  };

  const wheel = (map) => {
    map.scrollWheelZoom.disable();
    // With Ctrl (which a pinch on a touch pad sends, too); Leaflet's own handler would take every turn of the wheel.
    map.getContainer().addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.metaKey) {
        map.scrollWheelZoom.enable();
        event.preventDefault();
      } else {
        map.scrollWheelZoom.disable();
        hint("Hold Ctrl and turn the wheel to zoom the map");
      }
    }, { capture: true, passive: false });
  };

  const fingers = (map) => {
    map.dragging.disable();
    let moved = null;
    map.getContainer().addEventListener("touchstart", (event) => { moved = event.touches.length === 1 ? event.touches[0].clientX : null; }, { passive: true });
    map.getContainer().addEventListener("touchmove", (event) => {
      if (moved !== null && Math.abs(event.touches[0].clientX - moved) > 24) hint("Use two fingers to move the map");
    }, { passive: true });
  };

  // A marker that the keyboard has reached is not left under the legend, the buttons or the edge (WCAG 2.4.11).
  L.Marker.mergeOptions({ autoPanOnFocus: false });
  const reveal = (map) => {
    const beyond = (at, least, most) => Math.min(0, at - least) || Math.max(0, at - most);
    map.getContainer().addEventListener("focusin", ({ target }) => {
      if (!target.matches(".leaflet-marker-icon")) return;
      const container = map.getContainer();
      // The browser scrolls the container to what has the focus, and Leaflet scrolls it back afterwards.
      container.scrollTo(0, 0);
      const frame = container.getBoundingClientRect();
      const { left, top, width, height } = target.getBoundingClientRect();
      const { x, y } = map.getSize();
      const at = [left - frame.left + width / 2, top - frame.top + height / 2];
      const by = [beyond(at[0], covered().left + 24, x - 32), beyond(at[1], covered().top + 24, y - 48)];
      if (by.some(Boolean)) map.panBy(by, { animate: false });
    });
  };

  const menu = (map) => {
    const control = map.getContainer().querySelector(".leaflet-control-layers");
    if (!control) return;
    document.getElementById("layers").hidden = false;
    document.getElementById("layers-here").append(control);
  };

  priorities.controls = (map, { label, first, whole }) => {
    const container = map.getContainer();
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", `${label}. Arrow keys move it, plus and minus zoom. Everything it tells is on this page in words, too.`);
    map.attributionControl.setPrefix(false);
    map.setMaxBounds(L.latLngBounds(whole).pad(1.5));
    // Where somebody looked, rather than everywhere.
    fit(map, priorities.view.near ?? first);
    reveal(map);
    wheel(map);
    if (touch) fingers(map);
    menu(map);
    const step = ([x, y]) => map.panBy([x * map.getSize().x / 3, y * map.getSize().y / 3], { animate: !still });
    const moves = {
      in: () => map.zoomIn(1),
      out: () => map.zoomOut(1),
      left: () => step([-1, 0]),
      right: () => step([1, 0]),
      up: () => step([0, -1]),
      down: () => step([0, 1]),
      all: () => fit(map, whole),
      here: () => locate(map),
      print: () => window.print(),
      share,
    };
    const buttons = document.querySelector(".buttons");
    buttons.hidden = false;
    buttons.addEventListener("click", (event) => moves[event.target.closest("[data-move]")?.dataset.move]?.());
    window.addEventListener("beforeprint", () => map.invalidateSize({ animate: false }));
    priorities.map = map;
  };

  Object.assign(priorities, { still, covered, fit, side, popupPadding });
})();
