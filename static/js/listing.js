/* The filter form of the listings. Without this file the form works the same, with empty
   parameters in the address and a page load for each change. */
(() => {
  "use strict";

  const isEmpty = (value) => typeof value === "string" && value.trim() === "";

  // What was left empty does not litter the address.
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "filters") return;
    const fields = [...event.target.elements].filter((field) => field.name && isEmpty(field.value));
    for (const field of fields) field.disabled = true;
    // Once the address is made, so that coming back finds them as they were.
    setTimeout(() => { for (const field of fields) field.disabled = false; });
  });

  document.addEventListener("htmx:configRequest", (event) => {
    const data = event.detail.formData;
    for (const [name, value] of [...data]) if (isEmpty(value)) data.delete(name);
  });

  // Leaving the words is no search: Enter and the button are. Where another field is left so, Enter
  // says so by itself too, and one question is enough.
  let entered = null;
  document.addEventListener("keydown", ({ key, target }) => {
    entered = key === "Enter" && target.type === "search" ? target : null;
  }, true);
  document.addEventListener("submit", () => { entered = null; }, true);
  document.addEventListener("change", (event) => {
    if (event.target.id === "q" || event.target === entered) event.stopPropagation();
  }, true);

  // The site leaves nothing in the browser, not even the note that htmx makes for a cache that it
  // is told not to have.
  window.addEventListener("pagehide", () => sessionStorage.removeItem("htmx-current-path-for-history"));

  // No answer, or one that is no list: the browser goes there itself, and says what is wrong.
  for (const failure of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(failure, (event) => {
      location.assign(event.detail.pathInfo.finalRequestPath);
    });
  }

  // New counts come as new elements: what the visitor had unfolded stays unfolded, and what had
  // the focus has it again, which it cannot take before its fold is open, with what was typed into
  // it meanwhile, and where it was on the screen: on a telephone the results came instead.
  let folds = new Map();
  let height = 0;
  let focused = "";
  let typed = "";
  // Where one is: what has no name of its own is known by what it is in.
  const placeOf = (one) => {
    if (one.id) return `#${CSS.escape(one.id)}`;
    if (one.matches("details[id] > summary")) return `#${CSS.escape(one.parentElement.id)} > summary`;
    return one.matches("#facets button") ? "#facets button" : "";
  };
  document.addEventListener("htmx:beforeSwap", () => {
    const { activeElement } = document;
    focused = placeOf(activeElement);
    height = activeElement.getBoundingClientRect().top;
    typed = activeElement.matches("#facets input[type=search]") ? activeElement.value : "";
    folds = new Map([...document.querySelectorAll("#facets details[id]")].map((fold) => [fold.id, fold.open]));
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, open] of folds) {
      const fold = document.getElementById(id);
      if (fold) fold.open = open;
    }
    const one = focused && document.querySelector(focused);
    if (one && typed) one.value = typed;
    if (one && document.activeElement === document.body) one.focus({ preventScroll: true });
    if (one && one.closest("#facets")) {
      scrollBy({ top: one.getBoundingClientRect().top - height, behavior: "instant" });
    }
  });
})();
