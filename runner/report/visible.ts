/**
 * Makes control and formatting characters visible: what a step or a database says must not move
 * the reader's cursor, set a title, or turn the text around. Line feeds and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xff ? `\\u{${code.toString(16)}}` : `\\x${code.toString(16).padStart(2, "0")}`;
  });
}

/** Makes visible what a text file, XML 1.0 and YAML cannot hold, or take for an end of line. */
export function printable(text: string): string {
  return visible(text).replace(/[\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}
