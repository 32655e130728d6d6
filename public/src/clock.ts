// Times are told in the event's zone. Where the visitor's own clock shows
// something else at that instant, their time is written beside it.

const zone = document.querySelector<HTMLElement>("[data-zone]")?.dataset.zone;
const lang = document.documentElement.lang || undefined;

function shown(at: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short", timeStyle: "short" }).format(at);
}

function own(at: Date, eventZone: string): string {
  const otherDay = shown(at).slice(0, 10) !== shown(at, eventZone).slice(0, 10);
  return new Intl.DateTimeFormat(lang, {
    weekday: otherDay ? "short" : undefined,
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
    timeZoneName: "short",
  }).format(at);
}

function write(eventZone: string): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[datetime*=T]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime()) || shown(at) === shown(at, eventZone)) continue;
    const beside = document.createElement("span");
    beside.className = "own";
    beside.textContent = own(at, eventZone);
    time.after(" ", beside);
  }
}

if (zone) {
  try {
    write(zone);
  } catch {
    // A browser that does not know the zone leaves the page as the server wrote it.
  }
}

export {};
