/* A form is sent once, however often its button is pressed: sent again, it would add a second
   entry. Ten seconds later, or when the page is shown anew, it may be sent once more, as after an
   answer that is a file or a loading that was stopped. */
"use strict";

{
  const AGAIN = 10_000;
  let sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") {
      return;
    }
    const now = performance.now();
    if (now - (sent.get(event.target) ?? -AGAIN) < AGAIN) {
      event.preventDefault();
    } else {
      sent.set(event.target, now);
    }
  });
  window.addEventListener("pageshow", () => {
    sent = new WeakMap();
  });
}
