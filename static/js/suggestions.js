/* Suggestions while typing: the search field becomes a combobox with a list below it (ARIA 1.2).
   Arrows go through the list, Enter follows the one chosen or else searches, Escape closes it.
   Without this file the form searches all the same. */
(() => {
  "use strict";

  const WAIT = 150;
  const FEWEST = 2;
  const MOST_KEPT = 50;

  function combobox(input) {
    const said = input.dataset;
    const box = input.parentElement;
    const kept = new Map();
    let options = [];
    let active = -1;
    let timer = 0;
    let asked = null;

    const list = document.createElement("ul");
    list.id = `${input.id}-suggestions`;
    list.className = "combobox-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", said.label);
    list.hidden = true;
    const status = document.createElement("div");
    status.className = "visually-hidden";
    status.setAttribute("aria-live", "polite");
    box.append(list, status);
    for (const [name, value] of Object.entries({
      // A search field may have no other role than its own.
      type: "text",
      enterkeyhint: "search",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-controls": list.id,
    })) input.setAttribute(name, value);

    const isOpen = () => !list.hidden;

    function close() {
      clearTimeout(timer);
      if (asked) asked.abort();
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      choose(-1);
    }

    function choose(index) {
      if (options[active]) options[active].setAttribute("aria-selected", "false");
      active = index;
      const option = options[active];
      if (!option) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    }

    function open(suggestions) {
      options = suggestions.map((one, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.address = one.address;
        const name = document.createElement("span");
        name.className = "combobox-name";
        if (one.language !== document.documentElement.lang) name.lang = one.language;
        name.textContent = one.name;
        const kind = document.createElement("span");
        kind.className = "combobox-kind";
        kind.textContent = one.kind;
        option.append(name, " ", kind);
        return option;
      });
      list.replaceChildren(...options);
      choose(-1);
      list.hidden = options.length === 0;
      input.setAttribute("aria-expanded", String(isOpen()));
      const count = options.length;
      status.textContent = count === 0 ? said.none : count === 1 ? said.one : said.many.replace("{n}", count);
    }

    async function look() {
      const words = input.value.trim();
      if (words.length < FEWEST) {
        close();
        status.textContent = "";
        return;
      }
      if (asked) asked.abort();
      asked = new AbortController();
      try {
        if (!kept.has(words)) {
          const address = `${said.suggestions}?q=${encodeURIComponent(words)}`;
          const answer = await fetch(address, { signal: asked.signal, credentials: "omit" });
          if (!answer.ok) return;
          if (kept.size >= MOST_KEPT) kept.clear();
          kept.set(words, (await answer.json()).suggestions);
        }
        if (document.activeElement === input && input.value.trim() === words) open(kept.get(words));
      } catch {
        // No answer, no suggestions: the form is there.
      }
    }

    input.addEventListener("input", (event) => {
      clearTimeout(timer);
      // Enter is for what is typed now, not for what was chosen of what was typed before.
      choose(-1);
      if (!event.isComposing) timer = setTimeout(look, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      const last = options.length - 1;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!isOpen()) look();
        else if (event.key === "ArrowDown") choose(active === last ? -1 : active + 1);
        else choose(active === -1 ? last : active - 1);
      } else if (event.key === "Escape" && isOpen()) {
        event.preventDefault();
        close();
      } else if (event.key === "Enter") {
        const option = options[active];
        if (isOpen() && option) {
          event.preventDefault();
          location.assign(option.dataset.address);
        }
        close();
      } else if (event.key === "Tab") {
        close();
      }
    });
    input.addEventListener("blur", close);
    // The field keeps the focus, so that the list is not closed before the click arrives.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.address);
    });
  }

  for (const input of document.querySelectorAll("input[data-suggestions]")) combobox(input);
})();
