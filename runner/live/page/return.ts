import { find } from "./elements.ts";

// A page that is loaded anew, because a file was saved, goes on where it was.

const KEY = "guide-place";

interface Place {
  readonly isProjected: boolean;
  readonly y: number;
  /** Of the run whose button has the focus. */
  readonly run: string | undefined;
}

export function reloadInPlace(): void {
  const isProjected = document.documentElement.classList.contains("projector");
  const focused = document.activeElement?.closest(".run-place");
  const run = focused instanceof HTMLElement ? focused.dataset.run : undefined;
  const place: Place = { isProjected, y: scrollY, run };
  sessionStorage.setItem(KEY, JSON.stringify(place));
  location.reload();
}

export function returnToPlace(): void {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (text === null) return;
  const { isProjected, y, run }: Place = JSON.parse(text);
  if (isProjected) find(".controls [aria-pressed]").click();
  const button = document.querySelector(`[data-run="${run}"] .run`);
  if (button instanceof HTMLElement) button.focus({ preventScroll: true });
  if (!isProjected) scrollTo({ top: y, behavior: "instant" });
}
