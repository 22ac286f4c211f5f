import { Failure } from "../common/failure.ts";

/**
 * Markers in a golden file: `[..]` matches any text within a line, `[..name]` any text at first and the same
 * text from then on, and a line `...` any lines, or none. A backslash in front makes a marker plain text. Of
 * several backslashes one is removed, so that every text can be written.
 */
const marker = /(?<!\\)\[\.\.([\w-]*)\]/;
const markers = /\[\.\.[\w-]*\]/g;

/** The whole golden file of a step that prints nothing. */
export const NO_OUTPUT = "[no output]";

// Not ^ and $ with the m flag: they also match next to a carriage return.
const lineMarkers = /(?<![^\n])\\*(?:\.\.\.|\[no output\])(?=\r?(?:\n|$))/g;
const escapedLine = /^\\(?=\\*(?:\.\.\.|\[no output\])\r?$)/;

/** Comparing takes about a second then. Only a golden file made for it takes more. */
const MOST_COMPARISONS = 2_000_000;

/** What the names in a golden file stand for. */
export type Bindings = ReadonlyMap<string, string>;

/** A line of a golden file, ready to be compared. */
export interface LinePattern {
  /** Set where only this line matches. */
  readonly exact: string | undefined;
  /** True where it has names, so that a match depends on the lines before. */
  readonly binds: boolean;
  /** @returns the bindings from then on, or undefined where the line does not match */
  match(line: string, known: Bindings): Bindings | undefined;
}

/** True if the text has to be read as a pattern, even if only to remove backslashes. */
export function hasMarkers(text: string): boolean {
  return text.search(markers) !== -1 || text.search(lineMarkers) !== -1;
}

/** True if nothing but markers and blanks is in it: almost any output would match. */
export function hasOnlyMarkers(text: string): boolean {
  const rest = text.replace(/^\.\.\.\r?$/gm, "").replace(new RegExp(marker, "g"), "");
  return rest !== text && rest.trim() === "";
}

export function isAnyLines(line: string): boolean {
  return /^\.\.\.\r?$/.test(line);
}

/** Writes a text so that only this text matches. */
export function escapeMarkers(text: string): string {
  return text.replace(markers, "\\$&").replace(lineMarkers, "\\$&");
}

/** Takes away the backslashes that make markers plain text: what is left is for people. */
export function unescapeMarkers(text: string): string {
  const lines = text.split("\n").map((line) => withoutEscapes(line.replace(escapedLine, "")));
  return lines.join("\n");
}

export function linePattern(line: string): LinePattern {
  const tokens = tokensOf([line]);
  const last = tokens.at(-1);
  const end = last?.kind === "text" ? last.text.slice(0, -1) : "";
  const exact = tokens.length === 1 ? end : undefined;
  return {
    exact,
    binds: tokens.some((token) => token.kind === "any" && token.name !== ""),
    match: (printed, known) => {
      if (!printed.endsWith(end)) return undefined; // most lines, and fast
      if (exact !== undefined) return printed === exact ? known : undefined;
      return match(tokens, `${printed}\n`, known, "a line of it");
    },
  };
}

/**
 * Compares a text with a golden file, markers included.
 * @param name of the golden file, for the message
 * @throws Failure of kind "layout" for markers that would take too long to compare
 */
export function matchesPattern(golden: string, text: string, name = "the golden file"): boolean {
  if (/^\[no output\]\r?\n?$/.test(golden)) return text === "";
  const tokens = tokensOf(golden.split("\n"));
  const uses = new Map<string, number>();
  for (const { name } of tokens) uses.set(name, (uses.get(name) ?? 0) + 1);
  // A name that is used once demands nothing, and needs no backtracking.
  const needed = tokens.map((token) =>
    token.kind === "any" && uses.get(token.name) === 1 ? { ...token, name: "" } : token,
  );
  return match(needed, `${text}\n`, new Map(), name) !== undefined;
}

type Token =
  | { readonly kind: "text"; readonly name: ""; readonly text: string; readonly head: string }
  | { readonly kind: "any"; readonly name: string }
  | { readonly kind: "lines"; readonly name: "" };

/** Text and markers. Every line ends with a newline, also the last one. */
function tokensOf(lines: readonly string[]): Token[] {
  const tokens: Token[] = [];
  let parts: string[] = [];
  function endText(): void {
    const text = parts.join("");
    const head = text.slice(0, text.indexOf("\n") + 1) || text;
    if (text !== "") tokens.push({ kind: "text", name: "", text, head });
    parts = [];
  }
  for (const line of lines) {
    if (isAnyLines(line)) {
      endText();
      tokens.push({ kind: "lines", name: "" });
      continue;
    }
    // Text and names alternate: "took [..id] ms" is "took ", "id" and " ms".
    const [first = "", ...others] = line.replace(escapedLine, "").split(marker);
    parts.push(withoutEscapes(first));
    for (let at = 0; at < others.length; at += 2) {
      endText();
      tokens.push({ kind: "any", name: others[at] ?? "" });
      parts.push(withoutEscapes(others[at + 1] ?? ""));
    }
    parts.push("\n");
  }
  endText();
  return tokens;
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(\[\.\.[\w-]*\])/g, "$1");
}

/** A marker that may match more than it does. */
interface Choice {
  readonly index: number;
  readonly start: number;
  readonly known: Bindings;
  /** Where the next end of its match is searched. */
  from: number;
}

/** Each marker takes as little as it can, and more where what follows does not match. */
function match(
  tokens: readonly Token[],
  text: string,
  before: Bindings,
  name: string,
): Bindings | undefined {
  const choices: Choice[] = [];
  let left = MOST_COMPARISONS;
  let [index, at, known] = [0, 0, before];

  /** The next end of what a marker matches, or -1. */
  function nextEnd({ index, start, known, from }: Choice): number {
    const token = tokens[index];
    const next = tokens[index + 1];
    const head = next?.kind === "text" ? next.head : "";
    if (token?.kind === "lines") {
      if (!next) return from === start ? text.length : -1;
      const endOfLine = (at: number) => text.indexOf("\n", at) + 1 || -1;
      let end = from === start ? start : endOfLine(from - 1);
      for (; end !== -1 && !text.startsWith(head, end); left -= 1 / 16) end = endOfLine(end);
      return end;
    }
    const bound = token && known.get(token.name);
    if (bound !== undefined) {
      return from === start && text.startsWith(bound, start) ? start + bound.length : -1;
    }
    const line = text.slice(from, text.indexOf("\n", start) + 1);
    const end = line.indexOf(head);
    left -= line.length >> 8;
    return end === -1 || line === "" ? -1 : from + end;
  }

  for (;;) {
    const token = tokens[index];
    if (token === undefined && at === text.length) return known;
    if (token?.kind === "text" && text.startsWith(token.head, at)) {
      const end = at + token.text.length;
      left -= token.text.length >> 12;
      if (text.slice(at, end) === token.text) {
        at = end;
        index++;
        continue;
      }
    }
    if (token?.kind === "any" || token?.kind === "lines") {
      // What a marker without a name matches is of no matter once the next one is reached: the first is best.
      const isSettled = (one: Token | undefined) =>
        one?.name === "" && (one.kind === "any" || token.kind === "lines");
      const isLastSettled = () => isSettled(tokens[choices.at(-1)?.index ?? -1]);
      while (token.name === "" && isLastSettled()) choices.pop();
      choices.push({ index, start: at, known, from: at });
    }
    for (;;) {
      const choice = choices.at(-1);
      if (!choice) return undefined;
      if (left-- <= 0) {
        const advice = "Put fewer markers into it, or print less.";
        throw new Failure("layout", `Comparing with ${name} takes too long. ${advice}`);
      }
      const end = nextEnd(choice);
      if (end === -1) {
        choices.pop();
        continue;
      }
      choice.from = end + 1;
      const bound = tokens[choice.index]?.name ?? "";
      known = choice.known;
      if (bound) known = new Map(known).set(bound, text.slice(choice.start, end));
      index = choice.index + 1;
      at = end;
      break;
    }
  }
}
