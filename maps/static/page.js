// What every page with a map shares: the view that is drawn, and moving to another without loading the page anew.
// An address is all the state there is: a link or a form is followed by fetching the same page and taking over its
// parts, so that sentence, list, table, legend and map cannot tell different things.
"use strict";

window.priorities = (() => {
  const parts = [];
  const fetched = new Map();
  const read = (page, id) => JSON.parse(page.getElementById(id).textContent);
  let view = read(document, "view");
  let turn = 0;
  let here = location.pathname + location.search;

  // A layer with a `show` method is told of every new view, and of the first one at once.
  const drawn = (layer) => {
    parts.push(layer);
    layer.show(view);
    return layer;
  };

  // Every layer again, where one of them changed what another tells.
  const redraw = () => { for (const part of parts) part.show(view); };

  // One answer for all that ask: names and outlines come from the same file.
  const json = (address) => {
    if (!fetched.has(address)) {
      fetched.set(address, fetch(address).then((answer) => {
        if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
        return answer.json();
      }));
      fetched.get(address).catch(() => say("A part of the map could not be loaded. Reload the page to try again.", true));
    }
    return fetched.get(address);
  };

  const assets = read(document, "assets");
  const scripts = new Map();

  // A script that few need, once.
  const script = (name) => {
    if (!scripts.has(name)) {
      scripts.set(name, new Promise((resolve, reject) => {
        const tag = document.createElement("script");
        tag.src = assets[name];
        tag.onload = resolve;
        tag.onerror = () => reject(new Error(name));
        document.head.append(tag);
      }));
    }
    return scripts.get(name);
  };

  const say = (words, seen = false) => {
    const status = document.getElementById("status");
    status.classList.toggle("status--seen", seen);
    status.textContent = words;
  };

  const busy = (is) => document.getElementById("picture").setAttribute("aria-busy", String(is));

  const take = (page) => {
    const focused = document.activeElement?.id;
    const open = [...document.querySelectorAll("[data-swap] details[open][id]")].map((each) => each.id);
    for (const fresh of page.querySelectorAll("[data-swap]")) {
      const old = document.getElementById(fresh.id);
      const hidden = [...old.querySelectorAll("[data-legend]")].map((part) => [part.dataset.legend, part.hidden]);
      old.replaceWith(document.importNode(fresh, true));
      const now = document.getElementById(fresh.id);
      for (const [name, is] of hidden) {
        const part = now.querySelector(`[data-legend="${name}"]`);
        if (part) part.hidden = is;
      }
    }
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
    document.getElementById("message").querySelector(".govuk-error-summary")?.focus();
    document.title = page.title;
    view = read(page, "view");
    redraw();
  };

  const go = async (address, { push = true } = {}) => {
    const mine = ++turn;
    busy(true);
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      // Signed out in the meantime: the page that was asked for is another one.
      if (answer.redirected) return location.assign(answer.url);
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== turn) return;
      if (push) history.pushState(null, "", address);
      here = location.pathname + location.search;
      take(page);
      say(page.getElementById("message").querySelector("h1").textContent);
    } catch {
      if (mine !== turn) return;
      // What the form asked for is not what the page shows.
      document.querySelector("form[data-view]").reset();
      say("That could not be loaded, so the page shows what it did before. Check the connection and try again.", true);
    } finally {
      if (mine === turn) busy(false);
    }
  };

  const address = (form) => {
    const filled = [...new FormData(form)].filter(([, value]) => value);
    return `${form.getAttribute("action")}?${new URLSearchParams(filled)}`;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.href);
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-view]")) return;
    event.preventDefault();
    go(address(event.target));
  });

  document.addEventListener("change", (event) => {
    event.target.closest("form[data-view]")?.requestSubmit();
  });

  // The lists of boxes lie over the page: they close like any menu.
  document.addEventListener("click", (event) => {
    for (const each of document.querySelectorAll(".field--boxes[open], .layers[open]")) {
      if (!each.contains(event.target)) each.removeAttribute("open");
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.activeElement?.closest(".field--boxes[open], .layers[open]");
    if (!menu) return;
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  });

  // Only a move to another address: a jump within the page changes what comes after #.
  window.addEventListener("popstate", () => {
    if (location.pathname + location.search !== here) go(location.href, { push: false });
  });

  if (matchMedia("(max-width: 60rem)").matches) document.getElementById("filters")?.removeAttribute("open");

  return { drawn, redraw, json, script, say, go, assets, get view() { return view; } };
})();
