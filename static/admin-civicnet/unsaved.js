/* Who changes the language or logs out in the middle of a form is asked first: the page that comes
   holds nothing of what was written. */
"use strict";

{
  const FORMS = "#content-main form[method=post]:not(#login-form, #changelist-form)";

  const isChanged = (field) => {
    if (field.type === "checkbox" || field.type === "radio") {
      return field.checked !== field.defaultChecked;
    }
    if (field.type === "select-one") {
      const options = [...field.options];
      const before = options.find((option) => option.defaultSelected) ?? options[0];
      return field.value !== (before?.value ?? "");
    }
    if (field.type === "select-multiple") {
      return [...field.options].some((option) => option.selected !== option.defaultSelected);
    }
    return field.type === "file" ? field.value !== "" : field.value !== field.defaultValue;
  };

  // What came back with mistakes is in the page and nowhere else.
  const isUnsaved = () =>
    document.querySelector(".change-form #content-main .errornote") !== null ||
    [...document.querySelectorAll(FORMS)].some((form) =>
      [...form.elements].some((field) => field.matches("input, select, textarea") && isChanged(field)),
    );

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".language-choice, #logout-form") || !isUnsaved()) {
      return;
    }
    const asked = document.querySelector("[data-unsaved]")?.dataset.unsaved;
    if (asked && !window.confirm(asked)) {
      event.preventDefault();
    }
  });
}
