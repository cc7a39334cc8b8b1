/* Texts in two languages: how long each is while it is written, a copy of the other as a start, and
   buttons that say something about the entry without losing what is typed into its form. */
"use strict";

{
  const length = (field) => {
    const shown = document.querySelector(`[data-length-of="${field.id}"]`);
    if (shown) {
      shown.textContent = String([...field.value].length);
    }
  };

  // As it is being written; as it is stored, for those who write the other language only.
  const source = (button) =>
    document.getElementById(button.dataset.copyFrom)?.value ?? button.dataset.text;

  // A copy is offered where there is nothing yet.
  const offer = (button) => {
    const to = document.getElementById(button.dataset.copyTo);
    if (!to) {
      return;
    }
    button.hidden = to.value !== "" || source(button) === "";
    const copied = document.querySelector(`[data-copied="${to.id}"]`);
    if (to.value !== source(button)) {
      copied.hidden = true;
    }
    const mark = document.getElementById(`${to.id}_mark`);
    if (mark?.classList.contains("missing")) {
      mark.hidden = to.value !== "";
    }
  };

  const look = () => document.querySelectorAll("[data-copy-from]").forEach(offer);

  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea, input")) {
      length(event.target);
      look();
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-from]");
    if (!button) {
      return;
    }
    const to = document.getElementById(button.dataset.copyTo);
    to.value = source(button);
    to.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelector(`[data-copied="${to.id}"]`).hidden = false;
    to.focus();
  });

  document.addEventListener("formset:added", look);

  // Once something is typed, the page stays: the button's word goes by itself.
  let typed = false;
  const form = () => document.querySelector("#content-main > form");
  document.addEventListener("input", (event) => {
    typed ||= form()?.contains(event.target) ?? false;
  });
  document.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!typed || !button?.dataset.instead) {
      return;
    }
    event.preventDefault();
    let isDone = false;
    try {
      const answer = await fetch(event.target.action, {
        method: "POST",
        body: new FormData(event.target, button),
        headers: { "X-Requested-With": "fetch" },
      });
      // Whose login has ended is led to its page, which answers as if all were well.
      isDone = answer.status === 204;
    } catch {
      // No connection.
    }
    button.parentElement.querySelector(".text-mark.undone")?.remove();
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    if (!isDone) {
      said.className = "text-mark undone";
      said.textContent = document.getElementById("not-done").content.textContent;
      button.after(said);
      return;
    }
    said.className = "text-mark done";
    said.textContent = button.dataset.instead;
    button.closest(".text-tools")?.querySelector(".text-mark:not([data-copied])")?.remove();
    button.replaceWith(said);
  });

  // The admin loads its scripts before there is a form.
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", look);
  } else {
    look();
  }
}
