// At the door: a hand scanner types where the focus is, so the focus stays in
// the field; a tone says the verdict to whoever is not looking; the verdict
// makes room for the next guest unless somebody touches it.

const door = document.querySelector<HTMLElement>("[data-door]");

// Pitches in Hz, one after the other: up is welcome, down from there is goodbye,
// low and down is stop, level is look.
const tones: Record<string, number[]> = { ok: [660, 990], out: [990, 660, 440], stop: [330, 220, 165], look: [520, 520] };
const toneSeconds = 0.14;
const showMilliseconds: Record<string, number> = { ok: 3500, out: 3500, stop: 10000, look: 10000 };

// The verdict stands above the field: focusing must not scroll it away.
function keepFocus(field: HTMLInputElement): void {
  const back = (): void => {
    if (!document.activeElement || document.activeElement === document.body) field.focus({ preventScroll: true });
  };
  back();
  field.select(); // what was refused makes way for the next reading
  scrollTo(0, 0);
  field.addEventListener("blur", () => setTimeout(back, 150));
  window.addEventListener("focus", back);
}

function sound(kind: string): void {
  const audio = new AudioContext();
  const play = (): void => {
    (tones[kind] ?? []).forEach((pitch, i) => {
      const from = audio.currentTime + i * toneSeconds;
      const tone = audio.createOscillator();
      const loudness = audio.createGain();
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, from);
      loudness.gain.exponentialRampToValueAtTime(0.3, from + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0001, from + toneSeconds);
      tone.connect(loudness).connect(audio.destination);
      tone.start(from);
      tone.stop(from + toneSeconds);
    });
  };
  // Browsers may hold sound back until the page is touched; a tone that comes
  // later than the guest would be taken for the next guest's.
  const asked = performance.now();
  audio.resume().then(() => {
    if (performance.now() - asked < 1000) play();
  }, () => undefined);
}

function makeRoom(verdict: HTMLElement, kind: string): void {
  const timer = setTimeout(() => {
    verdict.hidden = true;
  }, showMilliseconds[kind]);
  const stay = (): void => clearTimeout(timer);
  for (const touch of ["pointerdown", "keydown", "wheel"]) document.addEventListener(touch, stay, { once: true, passive: true });
}

if (door) {
  const field = document.querySelector<HTMLInputElement>("#token");
  if (field) keepFocus(field);
  const kind = document.querySelector<HTMLElement>("[data-verdict]")?.dataset.verdict ?? "";
  const verdict = document.querySelector<HTMLElement>(".verdict");
  if (verdict && kind in tones) {
    makeRoom(verdict, kind);
    try {
      sound(kind);
    } catch {
      // No sound: the colour, the mark and the word say the same.
    }
    navigator.vibrate?.(kind === "ok" ? 60 : kind === "out" ? [60, 60, 60] : [120, 80, 120]);
  }
}

export {};
