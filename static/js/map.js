/* The map of the results. Without this file the page works the same, with a drawing that stays. */
(() => {
  "use strict";

  // What was left empty does not litter the address.
  document.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (!String(value).trim()) event.formData.delete(name);
  });
})();
