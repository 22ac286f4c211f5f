/** Makes an element. Text is put in as text: the page's policy lets no string become HTML. */
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

/** @throws Error where the page has no such element */
export function find(selector: string, within: ParentNode = document): HTMLElement {
  const found = within.querySelector(selector);
  if (found instanceof HTMLElement) return found;
  throw new Error(`The page has no ${selector}.`);
}

export function button(text: string, onPress: () => void): HTMLButtonElement {
  const made = element("button", "", text);
  made.type = "button";
  made.addEventListener("click", onPress);
  return made;
}

/** The lines of a text, each as the exported page has them. */
export function lines(text: string): HTMLElement[] {
  if (text === "") return [];
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => element("span", "line", `${line}\n`));
}
