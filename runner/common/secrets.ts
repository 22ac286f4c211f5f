import { statSync } from "node:fs";
import { readChunks, readStart } from "./files.ts";

/** What is shown instead of a password. */
const HIDDEN = "••••";

/** Finds a secret anywhere in a text, and its beginning at the end of one. */
interface Secret {
  readonly whole: RegExp;
  readonly beginning: RegExp;
  readonly shown: string;
  /** In characters, percent-encoded. */
  readonly length: number;
}

const secrets = new Map<string, Secret>();

/** Shorter ones are in any text. */
const SHORTEST = 4;

/**
 * Hides a password in all outputs that are shown from now on, raw and percent-encoded. Only connection strings hide one
 * that is too short, or that is shown anyway, as in postgres:postgres@localhost: outputs have such words, too.
 * @param shown what of the connection string is no secret: user, host and database
 */
export function hidePassword(password: string, shown: readonly string[]): void {
  if (password === "") return;
  const isPlain = password.length < SHORTEST || shown.includes(password);
  const text = isPlain ? `:${password}@` : password;
  const forms = Array.from(text, formsOf);
  const alternatives = (words: readonly string[]) => `(?:${words.join("|")})`;
  const whole = forms.map((words) => alternatives(words.map((word) => word.join(""))));
  let beginning = "";
  for (const [index, words] of [...forms.entries()].reverse()) {
    const cut = words.flatMap((word) => word.slice(1).map((_, n) => word.slice(0, n + 1).join("")));
    beginning = `(?:${alternatives([whole[index] + beginning, ...cut])})?`;
  }
  secrets.set(text, {
    whole: new RegExp(whole.join(""), "gu"),
    beginning: new RegExp(`${beginning}$`, "u"),
    shown: isPlain ? `:${HIDDEN}@` : HIDDEN,
    length: 12 * forms.length,
  });
}

/** The ways to write a character, each as patterns for its parts: percent-encoded, escaped, raw. */
function formsOf(character: string): string[][] {
  const bytes = [...Buffer.from(character)].map((byte) => byte.toString(16).padStart(2, "0"));
  const encoded = bytes.flatMap((byte) => [
    "%",
    ...Array.from(byte, (digit) => `[${digit}${digit.toUpperCase()}]`),
  ]);
  const raw = `\\u{${character.codePointAt(0)?.toString(16)}}`;
  const escaped = /[\\"'`$]/.test(character) ? [["\\\\", raw]] : [];
  return [encoded, ...escaped, [raw], ...(character === " " ? [["\\+"]] : [])];
}

/** Hides the secrets in what others wrote, before it is shown or written. */
export function hideSecrets(text: string): string {
  let result = text;
  for (const { whole, shown } of secrets.values()) result = result.replace(whole, shown);
  return result;
}

/** True if a text has a secret in it. */
export function hasSecret(text: string): boolean {
  return hideSecrets(text) !== text;
}

/** Where a secret may begin that goes on after the end of the text. The text's length if none does. */
export function cutSecretAt(text: string): number {
  const starts = [...secrets.values()].map(({ beginning, length }) => {
    const tail = text.slice(-length);
    return text.length - tail.length + tail.search(beginning);
  });
  return Math.min(text.length, ...starts);
}

/** Reads the beginning of an output for people, up to the limit in bytes. */
export function readShown(file: string, limit: number): string {
  return showable(readStart(file, limit), statSync(file).size > limit);
}

/** @param isCut true if the text goes on */
export function showable(text: string, isCut: boolean): string {
  return hideSecrets(isCut ? text.slice(0, cutSecretAt(text)) : text);
}

/** Reads the last lines of an output for people. */
export function readLastLines(file: string, limit: number): string[] {
  const start = Math.max(0, statSync(file).size - END_BYTES);
  const [bytes = Buffer.alloc(0)] = readChunks(file, start);
  const lines = hideSecrets(bytes.toString("utf8")).split("\n");
  while (lines.at(-1)?.trim() === "") lines.pop();
  // The first one may have been cut, in the middle of a secret.
  return lines.slice(start > 0 ? 1 : 0).slice(-limit);
}
const END_BYTES = 16 * 1024;
