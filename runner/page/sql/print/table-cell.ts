import { eastAsianWidth } from "get-east-asian-width";

/** A value as it is printed in a table. Widths are columns on a screen. */
export interface Cell {
  /** One or more. */
  readonly lines: readonly { readonly text: string; readonly width: number }[];
  /** Of the widest line. */
  readonly width: number;
}

const TAB = 8;

/** Lay a value out as psql does: lines, tabs as blanks, control characters as their codes. */
export function layOut(value: string): Cell {
  if (/^[\x20-\x7e]*$/.test(value)) {
    return { lines: [{ text: value, width: value.length }], width: value.length };
  }
  const lines = value.split("\n").map(layOutLine);
  return { lines, width: Math.max(...lines.map(({ width }) => width)) };
}

function layOutLine(line: string): { text: string; width: number } {
  let text = "";
  let width = 0;
  for (const character of line) {
    const shown = shownAs(character, width);
    text += shown;
    width += shown === character ? characterWidth(character) : shown.length;
  }
  return { text, width };
}

/** @param column where the character begins */
function shownAs(character: string, column: number): string {
  if (character === "\t") return " ".repeat(TAB - (column % TAB));
  if (character === "\r") return "\\r";
  if (characterWidth(character) >= 0) return character;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16).toUpperCase();
  // One byte has two digits, and what takes two bytes in UTF-8 has four.
  return code < 0x80 ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

/**
 * Count the columns that a character takes where psql prints it.
 * @returns -1 for a control character
 */
export function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return -1;
  if (code < 0xad) return 1;
  if (/^[\p{Mn}\p{Me}]/u.test(character)) return 0;
  return eastAsianWidth(code);
}
