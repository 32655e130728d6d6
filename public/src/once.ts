// A form that books is sent once, however often its button is tapped; after a
// while, or back on the page, it can be sent again.

const pause = 8000; // milliseconds

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-once]")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    window.setTimeout(() => (sent = false), pause);
  });
  window.addEventListener("pageshow", () => (sent = false));
}

export {};
