/* Likely doubles of the entry whose form is being filled in: asked for while its name, its web
   addresses, its codes and its places are typed. Without this file the form shows them when it
   opens and when it comes back. */
"use strict";

{
  const WAIT = 400;
  const ASKED =
    /^(name_(it|en)|city|web_addresses-\d+-(url|DELETE)|identifiers-\d+-(scheme|value|DELETE)|places-\d+-(city|province|DELETE))$/;

  django.jQuery(() => {
    const place = document.querySelector("[data-doubles]");
    const form = place?.closest("form");
    if (!form) {
      return;
    }
    const asked = () => {
      const question = new URLSearchParams();
      for (const [name, value] of new FormData(form)) {
        if (ASKED.test(name) && value) {
          question.append(name, value);
        }
      }
      question.append("entry", place.dataset.entry);
      return question.toString();
    };
    let last = asked();
    let timer;
    let request;
    const ask = async () => {
      const question = asked();
      if (question === last) {
        return;
      }
      last = question;
      request?.abort();
      request = new AbortController();
      try {
        const answer = await fetch(`${place.dataset.doubles}?${question}`, {
          signal: request.signal,
          headers: { "X-Requested-With": "XMLHttpRequest" },
        });
        if (answer.ok && !answer.redirected) {
          const text = (await answer.text()).trim();
          if (text !== place.innerHTML.trim()) {
            place.innerHTML = text;
          }
        }
      } catch (error) {
        // Typed on meanwhile, or no connection: what is shown stays.
        if (error.name !== "AbortError") {
          last = "";
        }
      }
    };
    // By jQuery, since the autocompletes tell nobody else.
    django.jQuery(form).on("input change", (event) => {
      if (ASKED.test(event.target.name)) {
        clearTimeout(timer);
        timer = setTimeout(ask, WAIT);
      }
    });
  });
}
