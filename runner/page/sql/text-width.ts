import { eastAsianWidth } from "get-east-asian-width";

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
