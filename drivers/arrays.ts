/** An array as the server writes it: {1,NULL,"a, b",{2}}. Its parts are whole, or elements. */
const part = /(\{)|(\})|"((?:[^"\\]|\\.)*)"|([^{},"]+)/gs;

/** @param parse reads an element */
export function readArray(text: string, parse: (element: string) => unknown): unknown[] {
  let array: unknown[] = [];
  const outer: unknown[][] = [];
  // What stands before the = says from where to where the indices go, where not from 1.
  for (const [, opens, closes, quoted, bare] of text.replace(/^\[.*?=/, "").matchAll(part)) {
    if (opens) {
      outer.push(array);
      array = [];
    } else if (closes) {
      const inner = array;
      array = outer.pop() ?? [];
      array.push(inner);
    } else if (bare !== undefined) {
      array.push(bare === "NULL" ? null : parse(bare));
    } else {
      array.push(parse((quoted ?? "").replace(/\\(.)/gs, "$1")));
    }
  }
  const [whole] = array;
  return Array.isArray(whole) ? whole : [];
}

/** The inverse. @param write writes an element, or gives null */
export function writeArray<Element>(
  elements: readonly Element[],
  write: (element: Element) => string | null,
  isArray: (element: Element) => boolean,
): string {
  const texts = elements.map((element) => {
    const text = write(element);
    if (text === null) return "NULL";
    return isArray(element) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
  });
  return `{${texts.join(",")}}`;
}
