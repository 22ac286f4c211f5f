import { visible } from "../../drivers/connection/safe-text.ts";

export { visible };

/** Makes visible what a text file, XML 1.0 and YAML cannot hold, or take for an end of line. */
export function printable(text: string): string {
  return visible(text).replace(/[\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}
