// @ts-check
// Starts the map of a public page when the page is there and the map comes into view: nobody waits for it to read.

/** @param {string} address */
const styled = (address) =>
  new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: address, onload: resolve, onerror: reject });
    // Before ours, which changes it.
    document.querySelector("link[rel=stylesheet], style")?.before(link);
  });

// All at once, though each is found by the one that imports it.
/** @param {string[]} addresses */
const preload = (addresses) => {
  for (const href of addresses)
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
};

/**
 * Draw the map with the functions of a module, once it is seen.
 *
 * @param {string[]} modules addresses: the one that has the functions, and all that it imports
 * @param {(drawing: any) => void} draw what folium wrote
 */
export const start = (modules, draw) => {
  const waiting = document.getElementById("waiting");

  const begin = async () => {
    try {
      preload(modules);
      const [drawing] = await Promise.all([import(modules[0]), styled(new URL("leaflet.css", import.meta.url).href)]);
      waiting?.remove();
      draw(drawing);
    } catch {
      if (waiting) waiting.textContent = "The map could not be loaded. Everything it tells is in the list.";
    }
  };

  const seen = new IntersectionObserver(
    (entries) => {
      if (!entries.some((each) => each.isIntersecting)) return;
      seen.disconnect();
      begin();
    },
    { rootMargin: "200px" },
  );

  const picture = document.getElementById("picture");
  const watch = () => setTimeout(() => picture && seen.observe(picture), 0);
  if (document.readyState === "complete") watch();
  else window.addEventListener("load", watch);
};
