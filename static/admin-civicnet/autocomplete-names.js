/* The stock autocompletes have no name for those who hear the page: give them their labels'. */
"use strict";

{
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
    if (shown.getAttribute("role") === "textbox") {
      shown.setAttribute("aria-labelledby", label.id);
    }
    box.querySelector("input[type=search]")?.setAttribute("aria-labelledby", label.id);
  };
  const nameAll = () => document.querySelectorAll("select.admin-autocomplete").forEach(name);

  window.addEventListener("load", nameAll);
  document.addEventListener("formset:added", () => setTimeout(nameAll));
}
