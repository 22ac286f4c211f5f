import { isComingBack, keepPosition } from "./scroll.ts";

/** Sections that are laid out before the page is shown. */
const FIRST = 3;
const AT_ONCE = 15;
/** Milliseconds in which the page can do something else. */
const PAUSE = 30;

/**
 * Has the browser lay out the first sections of a long guide at once, and the others when it has time. Not
 * if the reader comes back to a place.
 */
export function layOutLater(): void {
  if (isComingBack() || location.hash !== "") return;
  const later = [...document.querySelectorAll(".screen")].slice(FIRST);
  for (const section of later) section.classList.add("later");

  function next(): void {
    keepPosition(() => {
      for (const section of later.splice(0, AT_ONCE)) section.classList.remove("later");
    });
    if (later.length > 0) setTimeout(next, PAUSE);
  }
  addEventListener("load", () => setTimeout(next, PAUSE));
}
