import { isRecord } from "../common/json.ts";
import { digestOf } from "../common/kept-texts.ts";

/** Hexadecimal digits of a digest that are written into a document. */
const DIGITS = 16;

/**
 * Put the digest of a document into the sign in it: by that, a later export sees whether the document was edited.
 * @param sign a comment, or an element of HTML
 * @param essence what of the text counts
 */
export function sealed(text: string, sign: string, essence: (text: string) => string): string {
  const [end = ""] = /(?: --|")>$/.exec(sign) ?? [];
  const digest = shortDigest(essence(text));
  return text.replace(sign, () => `${sign.slice(0, -end.length)} ${digest}${end}`);
}

/**
 * Find out whether a document is as it was written.
 * @param seal the sign as it is in the text
 * @param sign the sign without a digest
 */
export function isUnedited(
  text: string,
  seal: string,
  sign: string,
  essence: (text: string) => string,
): boolean {
  const unsigned = text.replace(seal, () => sign);
  return sealed(unsigned, sign, essence).includes(seal);
}

/** What no editor changes by itself: all but the spaces at the ends of lines. */
export function withoutTrailing(text: string): string {
  return text.replace(/[ \t]+$/gm, "").trimEnd();
}

/**
 * What no formatter of Markdown changes: code, and prose, in one way to write them. Documents that were exported
 * before count as edited once this changes.
 */
export function withoutMarkup(text: string): string {
  const parts: string[] = [];
  let lines: string[] = [];
  let fence: RegExpExecArray | undefined;
  const endPart = () => {
    const [, indent = "", , language = ""] = fence ?? [];
    parts.push(fence ? codeInOneWay(lines, indent, language) : proseInOneWay(lines));
    lines = [];
    fence = undefined;
  };
  for (const line of text.split(/\r?\n/)) {
    const [, , signs] = fence ?? [];
    const opened = signs ? undefined : /^(\s*)(`{3,}|~{3,})\s*([^`]*?)\s*$/.exec(line);
    const isEnd = signs && line.trim().startsWith(signs) && /^\s*([`~])\1*\s*$/.test(line);
    if (opened || isEnd) endPart();
    else lines.push(line);
    fence = opened ?? fence;
  }
  endPart();
  return parts.join("\n");
}

/** Of these languages, Prettier formats also the code in a document. */
const isFormatted = /^(?:[cm]?[jt]sx?|typescript|javascript|json5?)\b/i;

/** @param indent of the block in its list */
function codeInOneWay(lines: readonly string[], indent: string, language: string): string {
  const code = lines.map((line) =>
    line.replace(new RegExp(`^ {0,${indent.length}}`), "").trimEnd(),
  );
  if (!isFormatted.test(language)) return [`code ${language}`, ...code].join("\n");
  const whole = code.join("").replace(/\s+/g, "").replaceAll("'", '"');
  return `code ${language}\n${whole.replace(/;/g, "").replace(/,(?=[)\]}])/g, "")}`;
}

function proseInOneWay(lines: readonly string[]): string {
  const isQuote = (line = "") => /^\s*>/.test(line);
  const inOneWay = lines.map((line, index) => {
    if (isQuote(line) && isQuote(lines[index - 1])) return line.replace(/^\s*>/, "");
    if (/^\s*([-*_])(?:\s*\1){2,}\s*$/.test(line)) return "---";
    if (/\|/.test(line) && /^[\s|:-]+$/.test(line)) return line.replace(/-+/g, "-");
    return line.replace(/^(\s*)[*+-]\s/, "$1- ").replace(/^(\s*)\d+[.)]\s/, "$11. ");
  });
  return inOneWay
    .join("\n")
    .split(/(`[^`]*`)/)
    .map((part, index) => {
      const isCode = index % 2 === 1;
      return isCode ? part : part.replace(/\\([!-/:-@[-`{-~])/g, "$1").replaceAll("*", "_");
    })
    .join("")
    .replace(/^[ \t]*\||\|[ \t]*$/gm, "|")
    .replace(/\s*\|\s*/g, "|")
    .replace(/\s+/g, " ")
    .trim();
}

/** What Jupyter, VS Code and papermill write into a notebook, or into its cells, when it is opened or run. */
const byEditors =
  /^(?:kernelspec|language_info|widgets|vscode|orig_nbformat|execution|ExecuteTime|papermill|collapsed|scrolled|trusted|editable|jupyter|jp-MarkdownHeadingCollapsed|about-this-notebook)$/;
/** What the digest has otherwise, or what a run and a conversion change. */
const fields =
  /^(?:cells|cell_type|source|metadata|id|execution_count|outputs|nbformat|nbformat_minor)$/;
const emptyMarks = new Set([undefined, "[]", "{}", '{"slide_type":""}']);
/** What a kernel shows of a value. */
const ofValue = /^(?:text\/|application\/json$)/;

/**
 * Identifies what a reader may have edited in a notebook: the cells, the pictures in them, and what they are marked
 * with, such as a kind of slide. What the cells printed does not count.
 */
export function digestOfNotebook(notebook: Readonly<Record<string, unknown>>): string {
  const cells = Array.isArray(notebook.cells) ? notebook.cells : [];
  const texts = cells.map((one: unknown) => {
    const cell = isRecord(one) ? one : {};
    const { cell_type: type, source, outputs } = cell;
    const text = withoutTrailing(Array.isArray(source) ? source.join("") : String(source));
    return [type, text, marksIn({ ...cell, drawn: drawnIn(outputs) })];
  });
  return shortDigest(JSON.stringify([texts, marksIn(notebook)]));
}

/** The code of a guide prints text: it was another code that drew a picture. */
function drawnIn(outputs: unknown): unknown[] {
  const all: unknown[] = Array.isArray(outputs) ? outputs : [];
  return all.filter((output) => {
    const { data } = isRecord(output) ? output : {};
    return isRecord(data) && !Object.keys(data).every((type) => ofValue.test(type));
  });
}

function marksIn(thing: Readonly<Record<string, unknown>>): unknown[] {
  const { metadata } = thing;
  const own = isRecord(metadata) ? Object.entries(metadata) : [];
  const all = [
    ...own.filter(([name]) => !byEditors.test(name)),
    ...Object.entries(thing).filter(([name]) => !fields.test(name)),
  ];
  const marks = all.filter(([, value]) => !emptyMarks.has(JSON.stringify(value)));
  return marks.sort(([a], [b]) => (a < b ? -1 : 1));
}

function shortDigest(text: string): string {
  return digestOf(text).slice(0, DIGITS);
}
