/**
 * Puts the documented text in the place of what varies, in the order in which it comes. What is left
 * differs from the page by more than chance.
 * @param pattern with the flag g, which matches no empty text
 * @param isTable true where the layout follows the widths of the values
 * @returns `documented` itself if nothing else differs
 */
export function withoutVariation(
  printed: string,
  documented: string,
  pattern: RegExp,
  isTable: boolean,
): string {
  const known = documented.match(pattern) ?? [];
  let index = 0;
  const text = printed.replace(pattern, (found) => known[index++] ?? found);
  return isTable && asLaidOut(text) === asLaidOut(documented) ? documented : text;
}

/** A table is as wide as its values: blanks and rules do not count where a value varies. */
function asLaidOut(text: string): string {
  return text
    .replace(/[ \t]+/g, " ")
    .replace(/-{2,}/g, "-")
    .replace(/ $/gm, "");
}
