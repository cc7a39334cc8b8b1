/* Who leaves a form in the middle, by a link, by closing the tab or by changing the language, is
   asked first: what was written is in the page and nowhere else. */
"use strict";

{
  const FORMS = "#content-main form[method=post]:not(#login-form, #changelist-form)";
  // Came back with mistakes or to be looked at again, or waits for a login: saved nowhere either.
  const HELD =
    ".change-form form:not(:has([type=password])) :is(.mistakes, .disputes)," +
    "[data-came-back], #held-form, .written";
  // Between two lists with buttons: what stands in the second is sent, whatever is marked in it.
  const CHOSEN = ".selector-chosen select";

  const said = (select) => [...select.options].map((option) => option.value).sort().join();
  const before = new Map();
  window.addEventListener("load", () => {
    document.querySelectorAll(CHOSEN).forEach((select) => before.set(select, said(select)));
  });

  const isChanged = (field) => {
    if (field.type === "password" || field.matches(".selector-available *")) {
      return false;
    }
    if (field.matches(CHOSEN)) {
      return before.has(field) && before.get(field) !== said(field);
    }
    if (field.type === "checkbox" || field.type === "radio") {
      return field.checked !== field.defaultChecked;
    }
    if (field.type === "select-one") {
      const options = [...field.options];
      const first = options.find((option) => option.defaultSelected) ?? options[0];
      return field.value !== (first?.value ?? "");
    }
    if (field.type === "select-multiple") {
      return [...field.options].some((option) => option.selected !== option.defaultSelected);
    }
    return field.type === "file" ? field.value !== "" : field.value !== field.defaultValue;
  };

  const isUnsaved = () =>
    document.querySelector(HELD) !== null ||
    [...document.querySelectorAll(FORMS)].some((form) =>
      [...form.elements].some((field) => field.matches("input, select, textarea") && isChanged(field)),
    );

  // The next leaving is one that was decided: by sending the form itself, or after the question.
  let isDecided = false;

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".language-choice, #logout-form") || !isUnsaved()) {
      return;
    }
    const asked = document.querySelector("[data-unsaved]")?.dataset.unsaved;
    if (asked && !window.confirm(asked)) {
      event.preventDefault();
    } else {
      isDecided = true;
    }
  });

  // On the window, so that whatever else stops the sending has done so before.
  window.addEventListener("submit", (event) => {
    isDecided ||= !event.defaultPrevented && event.target.matches(FORMS);
  });
  document.addEventListener("click", (event) => {
    isDecided ||= event.target.closest("[data-gives-up], .cancel-link") !== null;
  });

  window.addEventListener("beforeunload", (event) => {
    if (!isDecided && isUnsaved()) {
      event.preventDefault();
      // For browsers of before 2024.
      event.returnValue = true;
    }
    isDecided = false;
  });
}
