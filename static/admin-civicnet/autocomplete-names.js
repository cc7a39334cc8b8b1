/* The stock autocompletes and search box, for those who hear the page: names from the labels, and
   the roles that a list and its combobox must have. */
"use strict";

{
  const $ = django.jQuery;

  const name = (select) => {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const box = select.nextElementSibling;
    if (!label || !box || !box.classList.contains("select2-container")) {
      return;
    }
    label.id ||= `${select.id}_label`;
    const shown = box.querySelector(".select2-selection__rendered");
    const combobox = box.querySelector("[role=combobox]");
    combobox?.setAttribute("aria-labelledby", `${label.id} ${shown.id}`.trim());
    combobox?.setAttribute("aria-controls", `select2-${select.id}-results`);
    if (shown.getAttribute("role") === "textbox") {
      shown.setAttribute("aria-labelledby", label.id);
    }
    // The sign that clears all takes a mouse only, and is no entry of the list it stands in.
    box.querySelector("ul .select2-selection__clear")?.setAttribute("aria-hidden", "true");
    box.querySelector("input[type=search]")?.setAttribute("aria-labelledby", label.id);
    // What opened is at the end of the page, away from all landmarks.
    const results = document.getElementById(`select2-${select.id}-results`);
    const opened = results?.closest(".select2-container");
    if (opened && opened !== box) {
      opened.setAttribute("role", "region");
      opened.setAttribute("aria-labelledby", label.id);
      opened.querySelector("input[type=search]")?.setAttribute("aria-labelledby", label.id);
    }
  };
  const nameAll = () => document.querySelectorAll("select.admin-autocomplete").forEach(name);

  // After the stock script, which waits for the same moment.
  $(() => setTimeout(nameAll));
  $(document).on("change select2:open", "select.admin-autocomplete", (event) => {
    setTimeout(() => name(event.target));
  });
  document.addEventListener("formset:added", () => setTimeout(nameAll));

  // Its label is a picture, whose text Django has in English only.
  $(() => {
    const search = document.getElementById("changelist-search");
    const word = search?.querySelector("[type=submit]").value;
    search?.querySelector("#searchbar").setAttribute("aria-label", word);
  });
}
