import { find } from "./elements.ts";

// What the reader looks at stays where it is in the window, while content above it comes and goes, and
// when the page loads again. Browsers can't do that for elements that are replaced.

/** Elements that a run does not replace. */
const LASTING =
  "main :is(h1, h2, h3, p, li, .code, .run-head, .panels):not(.verdict, .client-run *, .run-changes *)";

/** An element, and where its top is in the window. */
interface Position {
  readonly element: Element;
  readonly top: number;
}

/** Does something to the page, and scrolls so that the reader sees the same part of it. */
export function keepPosition(change: () => void): void {
  const positions = scrollY === 0 ? [] : currentPositions();
  change();
  scrollBack(positions);
}

/**
 * The sections that begin above the middle of the window, and what is in the nearest two of them. The
 * nearest comes last.
 */
function currentPositions(): Position[] {
  if (isProjected()) return [];
  const sections = positionsOf(document.querySelectorAll("main .screen"));
  const near = sections.slice(-2).map(({ element }) => element.querySelectorAll(LASTING));
  return [...sections, ...near.flatMap(positionsOf)];
}

function positionsOf(elements: Iterable<Element>): Position[] {
  return [...elements].flatMap((element) => {
    const { top, height } = element.getBoundingClientRect();
    return height > 0 && top < innerHeight / 2 ? [{ element, top }] : [];
  });
}

/** Scrolls to where the nearest element was that is still shown. */
function scrollBack(positions: readonly Position[]): void {
  const position = positions.findLast(({ element }) => element.getClientRects().length > 0);
  if (!position) return;
  const moved = position.element.getBoundingClientRect().top - position.top;
  if (moved !== 0) scrollBy({ top: moved, behavior: "instant" });
}

/** Keeps the reader's place while the window gets wider or narrower. */
export function keepPositionOnResize(): void {
  let looked: readonly Position[] = [];
  let width = innerWidth;
  let isResizing = false;
  function look(): void {
    // A page that gets shorter scrolls by itself: that is not where the reader looked.
    if (!isResizing) looked = lookedAt();
  }
  addEventListener("scroll", look);
  new ResizeObserver(look).observe(find("main")); // what comes above an element moves it without a scroll
  addEventListener("resize", () => {
    if (width === innerWidth) return; // a phone's keyboard has come or gone
    width = innerWidth;
    isResizing = true;
    // After the list of contents has opened or closed.
    requestAnimationFrame(() => {
      scrollBack(looked);
      isResizing = false;
    });
  });
}

/** The innermost element in the upper half of the window. */
function lookedAt(): Position[] {
  const { left, width } = find("main").getBoundingClientRect();
  for (let y = innerHeight / 4; y < innerHeight / 2 && !isProjected(); y += GAP) {
    const element = document.elementFromPoint(left + width / 4, y);
    if (element?.closest("main > *"))
      return [{ element, top: element.getBoundingClientRect().top }];
  }
  return [];
}

/** Pixels between two paragraphs, at most. */
const GAP = 12;
const KEY = "guide-position";
const STATEMENTS = "main details";

/** What the page remembers while it loads again. */
interface Saved {
  readonly isProjected: boolean;
  /** If a run is running again, not all of these are there at first. */
  readonly positions: readonly (Reference & { readonly top: number })[];
  /** The index of the run whose button has the focus. */
  readonly focused: string | undefined;
  /** The heights of the runs, in their order on the page. */
  readonly heights: readonly number[];
  /** The statements that the reader has opened. */
  readonly opened: readonly Reference[];
}

/** The reader, or a change of the guide, may load the page again. */
function save(): void {
  const focused = document.activeElement?.closest(".live-run");
  const saved: Saved = {
    isProjected: isProjected(),
    positions: currentPositions().map(({ element, top }) => ({
      ...referenceTo(element, LASTING),
      top,
    })),
    focused: focused instanceof HTMLElement ? focused.dataset.run : undefined,
    heights: isProjected() ? [] : runElements().map((run) => run.getBoundingClientRect().height),
    opened: [...document.querySelectorAll(`${STATEMENTS}[open]`)].map((one) =>
      referenceTo(one, STATEMENTS),
    ),
  };
  sessionStorage.setItem(KEY, JSON.stringify(saved));
  history.scrollRestoration = "manual"; // the results are not there yet when the browser scrolls
}

/** @returns a function that does the rest, once, when the results of the runs are shown */
export function restorePosition(): () => void {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  addEventListener("pagehide", save);
  if (text === null || !isComingBack()) return () => {};
  const saved: Saved = JSON.parse(text);
  if (saved.isProjected) find(".controls [aria-pressed]").click();
  for (const [index, run] of runElements().entries()) {
    run.style.minHeight = `${saved.heights[index] ?? 0}px`; // until it has its content
  }
  const button = document.querySelector(`[data-run="${saved.focused}"] .run`);
  if (button instanceof HTMLElement) button.focus({ preventScroll: true });

  function restore(): void {
    for (const one of saved.opened) elementOf(one, STATEMENTS)?.setAttribute("open", "");
    scrollBack(
      saved.positions.flatMap(({ top, ...reference }) => {
        const element = elementOf(reference, LASTING);
        return element ? [{ element, top }] : [];
      }),
    );
  }
  restore();
  let isRestored = false;
  return () => {
    if (!isRestored) restore();
    isRestored = true;
    history.scrollRestoration = "auto";
  };
}

/** True if the reader was on this page before: its places depend on the heights of all sections. */
export function isComingBack(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type !== "navigate";
}

/** Finds the same element after the page has loaded again: by the nearest id, and its index below that. */
interface Reference {
  readonly id: string;
  readonly index: number;
}

function referenceTo(element: Element, selector: string): Reference {
  const owner = element.closest("[id]") ?? document.body;
  return { id: owner.id, index: ownElements(owner, selector).indexOf(element) };
}

function elementOf({ id, index }: Reference, selector: string): Element | undefined {
  const owner = document.getElementById(id);
  return owner ? ownElements(owner, selector)[index] : undefined;
}

function ownElements(owner: Element, selector: string): Element[] {
  return [...owner.querySelectorAll(selector)].filter((one) => one.closest("[id]") === owner);
}

function runElements(): HTMLElement[] {
  return [...document.querySelectorAll(".live-run")].filter((one) => one instanceof HTMLElement);
}

function isProjected(): boolean {
  return document.documentElement.classList.contains("projector");
}
