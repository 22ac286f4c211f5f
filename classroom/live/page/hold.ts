// What the reader looks at stays where it is, whatever comes and goes above it. Not every browser does so
// by itself, and none does where what it held on to is replaced.

/** What no run replaces. */
const FIRM =
  "main :is(h1, h2, h3, p, li, .code, .run-head, .panels):not(.verdict, .client-run *, .run-changes *)";

/** An element, and where it is in the window. */
export interface Hold {
  readonly element: Element;
  readonly top: number;
}

/** What begins above the middle of the window: the nearest comes last. */
export function holdOn(): Hold[] {
  if (document.documentElement.classList.contains("projector")) return [];
  return [...document.querySelectorAll(FIRM)].flatMap((element) => {
    const { top, height } = element.getBoundingClientRect();
    return height > 0 && top < innerHeight / 2 ? [{ element, top }] : [];
  });
}

/** Scrolls to where the nearest of them that is still shown was. */
export function bringBack(holds: readonly Hold[]): void {
  const hold = holds.findLast(({ element }) => element.getClientRects().length > 0);
  if (!hold) return;
  const moved = hold.element.getBoundingClientRect().top - hold.top;
  if (moved !== 0) scrollBy({ top: moved, behavior: "instant" });
}

/** A name that says the same in the page that is loaded anew. */
export interface Spot {
  readonly id: string;
  readonly index: number;
}

export function spotOf(element: Element, selector = FIRM): Spot {
  const owner = element.closest("[id]") ?? document.body;
  return { id: owner.id, index: ownOf(owner, selector).indexOf(element) };
}

export function elementAt({ id, index }: Spot, selector = FIRM): Element | undefined {
  const owner = document.getElementById(id);
  return owner ? ownOf(owner, selector)[index] : undefined;
}

function ownOf(owner: Element, selector: string): Element[] {
  return [...owner.querySelectorAll(selector)].filter((one) => one.closest("[id]") === owner);
}
