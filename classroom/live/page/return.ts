import { find } from "./elements.ts";
import { bringBack, elementAt, holdOn, type Spot, spotOf } from "./hold.ts";

// A page that is loaded anew, because a file was saved, goes on where it was.

const KEY = "guide-place";
const OPENED = "main details[open]";
const FOLDS = "main details";

interface Place {
  readonly isProjected: boolean;
  /** What is held on to, and where it is in the window. Of a run that runs again, little is there at first. */
  readonly held: readonly (Spot & { readonly top: number })[];
  /** Of the run whose button has the focus. */
  readonly run: string | undefined;
  /** The heights of the runs' places, by the index of the run. */
  readonly heights: readonly number[];
  /** What the reader has opened. */
  readonly opened: readonly Spot[];
}

export function reloadInPlace(): void {
  const isProjected = document.documentElement.classList.contains("projector");
  const focused = document.activeElement?.closest(".run-place");
  const place: Place = {
    isProjected,
    held: holdOn().map(({ element, top }) => ({ ...spotOf(element), top })),
    run: focused instanceof HTMLElement ? focused.dataset.run : undefined,
    heights: isProjected ? [] : placesInOrder().map((one) => one.getBoundingClientRect().height),
    opened: [...document.querySelectorAll(OPENED)].map((one) => spotOf(one, FOLDS)),
  };
  sessionStorage.setItem(KEY, JSON.stringify(place));
  history.scrollRestoration = "manual";
  location.reload();
}

/** @returns does what is left, once, when the page shows the runs */
export function returnToPlace(): () => void {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (text === null) return () => {};
  const { isProjected, held, run, heights, opened }: Place = JSON.parse(text);
  if (isProjected) find(".controls [aria-pressed]").click();
  for (const [index, one] of placesInOrder().entries()) {
    one.style.minHeight = `${heights[index] ?? 0}px`; // until it has its content
  }
  const button = document.querySelector(`[data-run="${run}"] .run`);
  if (button instanceof HTMLElement) button.focus({ preventScroll: true });

  function goOn(): void {
    for (const spot of opened) elementAt(spot, FOLDS)?.setAttribute("open", "");
    bringBack(
      held.flatMap(({ top, ...spot }) => {
        const element = elementAt(spot);
        return element ? [{ element, top }] : [];
      }),
    );
  }
  goOn();
  let isThere = false;
  return () => {
    if (!isThere) goOn();
    isThere = true;
    history.scrollRestoration = "auto";
  };
}

function placesInOrder(): HTMLElement[] {
  return [...document.querySelectorAll(".run-place")].filter((one) => one instanceof HTMLElement);
}
