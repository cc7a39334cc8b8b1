/* Light or dark as the visitor chose, kept in this browser alone. It runs before anything is drawn,
   so nothing flashes. The administration pages keep their choice under the same key. */
(() => {
  "use strict";
  const root = document.documentElement;
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
})();
