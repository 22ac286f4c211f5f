import pc from "picocolors";
import Prism from "prismjs";
import loadLanguages from "prismjs/components/index.js";
import { useColor } from "./color.ts";
import { visible } from "./visible.ts";

/** What a piece of code is, for its colour. */
export type Kind = "comment" | "keyword" | "string" | "constant" | "function" | "type";

export interface CodeToken {
  readonly text: string;
  /** Undefined for text in the colour of its surroundings, such as a name or a bracket. */
  readonly kind: Kind | undefined;
}

/** Prism's names of tokens. Those that are not here have no colour. */
const kinds: Readonly<Record<string, Kind | undefined>> = {
  comment: "comment",
  shebang: "comment",
  keyword: "keyword",
  atrule: "keyword",
  string: "string",
  char: "string",
  regex: "string",
  "template-string": "string",
  "triple-quoted-string": "string",
  "attr-value": "string",
  number: "constant",
  boolean: "constant",
  constant: "constant",
  null: "constant",
  variable: "constant",
  function: "function",
  builtin: "type",
  "class-name": "type",
  key: "type",
  property: "type",
  tag: "type",
};

/** Code inside a string has its own colours. */
const resets = new Set(["interpolation", "environment"]);

loadLanguages.silent = true; // it would print a warning about an unknown language

/**
 * Splits code into tokens.
 * @param language its name, or the ending of its files: typescript, ts, py, sh
 * @returns one token with the whole code, if the language is unknown
 */
export function tokensOf(code: string, language: string): CodeToken[] {
  if (language !== "" && !Object.hasOwn(Prism.languages, language)) loadLanguages(language);
  const grammar = Object.hasOwn(Prism.languages, language) ? Prism.languages[language] : undefined;
  return grammar
    ? flatten(Prism.tokenize(code, grammar), undefined)
    : [{ text: code, kind: undefined }];
}

function flatten(stream: Prism.TokenStream, kind: Kind | undefined): CodeToken[] {
  if (typeof stream === "string") return [{ text: stream, kind }];
  if (Array.isArray(stream)) return stream.flatMap((part) => flatten(part, kind));
  if (resets.has(stream.type)) return flatten(stream.content, undefined);
  const known = [stream.type, stream.alias].flat().map((name) => kinds[name ?? ""]);
  return flatten(stream.content, known.find((one) => one !== undefined) ?? kind);
}

/**
 * The terminal's own colours are readable on the background that its user has chosen. Of the
 * sixteen, these are neither light nor dark.
 */
const color = pc.createColors(true);
const paints: Readonly<Partial<Record<Kind, (text: string) => string>>> = {
  comment: color.dim,
  keyword: color.magenta,
  string: color.green,
  constant: color.cyan,
};

/** Colours code for the terminal, or leaves it as it is where colours are not wanted. */
export function highlight(code: string, language = "ts"): string {
  const text = visible(code);
  return useColor(process.stdout) ? paintCode(text, language) : text;
}

/** Colours code, wherever it is shown. */
export function paintCode(code: string, language = "ts"): string {
  // A colour ends with its line, and does not include its indent: long lines are wrapped later.
  return tokensOf(code, language)
    .map(({ text, kind }) => {
      const paint = kind && paints[kind];
      return paint ? text.replace(/\S.*/g, (line) => paint(line)) : text;
    })
    .join("");
}
