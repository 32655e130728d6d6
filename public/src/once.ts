// A form that books is sent once, however often its button is tapped; after a
// while, or back on the page, it can be sent again. The key drawn here tells the
// server that a second sending is the same one.

const pause = 8000; // milliseconds

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-once]")) {
  const key = form.querySelector<HTMLInputElement>("input[data-draw]");
  if (key && key.value === "") {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    key.value = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  }
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
