/* Light or dark as the visitor chose, kept in this browser alone. It runs before anything is drawn,
   so nothing flashes. The administration pages keep their choice under the same key. */
(() => {
  "use strict";
  const root = document.documentElement;
  const later = document.currentScript.dataset.later?.split(" ").filter(Boolean) ?? [];
  const show = (choice) => {
    const chosen = ["light", "dark"].includes(choice);
    if (chosen) root.dataset.theme = choice;
    else delete root.dataset.theme;
    for (const bar of document.querySelectorAll("meta[data-scheme]")) {
      const { scheme } = bar.dataset;
      const wanted = scheme === choice ? "all" : "not all";
      bar.media = chosen ? wanted : `(prefers-color-scheme: ${scheme})`;
    }
  };

  try { show(localStorage.theme); } catch { /* A browser that keeps nothing. */ }
  root.dataset.script = "";
  document.addEventListener("DOMContentLoaded", () => {
    for (const option of document.getElementsByName("theme-choice")) {
      option.checked = option.value === (root.dataset.theme ?? "auto");
      option.addEventListener("change", () => {
        show(option.value);
        try { localStorage.theme = option.value; } catch { /* It holds for this page. */ }
      });
    }
  });

  // The page's other scripts come when it is drawn, which they must not delay: without them it
  // does the same. In their order, and not before the page is whole, where htmx waits in vain.
  const loaded = (src) => new Promise((done) => {
    const script = document.createElement("script");
    document.head.append(Object.assign(script, { src, async: false, onload: done, onerror: done }));
  });
  const addLater = async (_painted, observer) => {
    observer.disconnect();
    await Promise.all(later.map(loaded));
    root.dataset.script = "whole";
  };
  // Going back or forward in that moment to what only htmx can draw.
  addEventListener("popstate", (event) => {
    if (event.state?.htmx && root.dataset.script !== "whole") location.reload();
  });
  addEventListener("load", () => {
    new PerformanceObserver(addLater).observe({ type: "paint", buffered: true });
  });
})();
