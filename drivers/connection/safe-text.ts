/**
 * Makes control and formatting characters visible: what a step or a server says must not move the
 * reader's cursor, set a title, or turn the text around. Line feeds and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xff ? `\\u{${code.toString(16)}}` : `\\x${code.toString(16).padStart(2, "0")}`;
  });
}

/** The same, on one line: for what a server says in the middle of a sentence of ours. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, " ").trim());
}
