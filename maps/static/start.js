// Starts the map of a public page when the page is there and the map comes into view: nobody waits for it to read.
"use strict";

(() => {
  const { style, scripts } = document.currentScript.dataset;
  const picture = document.getElementById("picture");
  const waiting = document.getElementById("waiting");

  const failed = () => { waiting.textContent = "The map could not be loaded. Everything it tells is in the list."; };

  // In order, though they are fetched at once.
  const load = (address) => new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    Object.assign(tag, { src: address, async: false, onload: resolve, onerror: reject });
    document.head.append(tag);
  });

  const styled = () => new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: style, onload: resolve, onerror: reject });
    // Before ours, which changes it.
    document.querySelector("link[rel=stylesheet], style").before(link);
  });

  const start = async () => {
    try {
      await Promise.all([styled(), ...scripts.trim().split(" ").map(load)]);
      waiting.remove();
      window.drawMap();
    } catch {
      failed();
    }
  };

  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((each) => each.isIntersecting)) return;
    seen.disconnect();
    start();
  }, { rootMargin: "200px" });

  const watch = () => setTimeout(() => seen.observe(picture), 0);
  if (document.readyState === "complete") watch();
  else window.addEventListener("load", watch);
})();
