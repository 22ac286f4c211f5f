import { messageOf, refused } from "./server.ts";

/** Makes an element. Text stays text: the page's policy doesn't allow strings to become HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = "",
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** @throws Error if the page has no such element */
export function find(selector: string, within: ParentNode = document): HTMLElement {
  const found = within.querySelector(selector);
  if (found instanceof HTMLElement) return found;
  throw new Error(`The page has no ${selector}.`);
}

/** Makes a button. If what it asks for is refused, the toolbar says why. */
export function button(text: string, onClick: () => unknown): HTMLButtonElement {
  const made = element("button", "", text);
  made.type = "button";
  made.addEventListener("click", async () => {
    try {
      await onClick();
    } catch (error) {
      refused(messageOf(error));
    }
  });
  return made;
}

/** Makes an entry of a list to choose from. */
export function option(text: string, value = text): HTMLOptionElement {
  const made = element("option", "", text);
  made.value = value;
  return made;
}

/** Makes a sign behind a text. Screen readers read the word. */
export function signOf(kind: string, sign: string, word: string): HTMLElement {
  return element("span", `sign ${kind}`, ` ${sign}`, element("span", "unseen", ` ${word}`));
}

/** Says how many there are: 1 row, 2 rows. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Tells the projector that the content of a slide has changed: it lays out its pages again. */
export function layOutProjector(): void {
  dispatchEvent(new Event("resize"));
}

/** A task or a hint, with its marks of code as elements. */
export function withCode(text: string): (HTMLElement | string)[] {
  const parts = text.split(/(`+)(.+?)\1(?!`)/);
  // Each third part is text, and is followed by the ticks and the code between them.
  return parts.flatMap((part, index) => {
    if (index % 3 === 1) return [];
    return index % 3 === 0 ? part : element("code", "", part.trim());
  });
}

/** The lines of a text, each in an element like those of the exported page. */
export function lines(text: string): HTMLElement[] {
  if (text === "") return [];
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => element("span", "line", `${line}\n`));
}
