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
 * @returns true also for a document of an earlier version, which has no digest
 */
export function isUnedited(
  text: string,
  seal: string,
  sign: string,
  essence: (text: string) => string,
): boolean {
  return (
    seal === sign ||
    sealed(
      text.replace(seal, () => sign),
      sign,
      essence,
    ).includes(seal)
  );
}

/** What no editor changes by itself: all but the spaces at the ends of lines. */
export function withoutTrailing(text: string): string {
  return text.replace(/[ \t]+$/gm, "").trimEnd();
}

/**
 * What no formatter changes: Markdown without its bullets, numbers, rules and emphasis, and without what Prettier
 * changes in code. Documents that were exported before count as edited once this changes.
 */
export function withoutMarkup(text: string): string {
  return text.replace(/^(?:[\s>#*+=|:-]|\d+[.)] )+/gm, "").replace(/[\s>*_\\|'"`~;,()]+/g, "");
}

/** What Jupyter and VS Code write into a notebook, or into its cells, when it is opened or run. */
const byEditors =
  /^(?:kernelspec|language_info|widgets|vscode|orig_nbformat|execution|ExecuteTime|collapsed|scrolled|trusted|jupyter|about-this-notebook)$/;

/**
 * Identifies what a reader may have edited in a notebook: the cells, and what they are marked with, such as a kind of
 * slide. What they printed does not count.
 */
export function digestOfNotebook(cells: readonly unknown[], metadata: unknown): string {
  const texts = cells.map((cell) => {
    const { cell_type: type, source, metadata: own } = isRecord(cell) ? cell : {};
    const text = withoutTrailing(Array.isArray(source) ? source.join("") : String(source));
    return [type, text, marksIn(own)];
  });
  return shortDigest(JSON.stringify([texts, marksIn(metadata)]));
}

function marksIn(metadata: unknown): unknown[] {
  const all = isRecord(metadata) ? Object.entries(metadata) : [];
  const isMark = ([name, value]: [string, unknown]) =>
    !byEditors.test(name) && !["[]", "{}"].includes(JSON.stringify(value));
  return all.filter(isMark).sort(([a], [b]) => (a < b ? -1 : 1));
}

function shortDigest(text: string): string {
  return digestOf(text).slice(0, DIGITS);
}
