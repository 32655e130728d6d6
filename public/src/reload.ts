// A page that shows work in progress looks again by itself, and says so first to
// nobody: without a script its link does the same.

const page = document.querySelector<HTMLElement>("[data-reload]");
if (page) {
  window.setTimeout(() => window.location.reload(), Number(page.dataset.reload) * 1000);
}

export {};
