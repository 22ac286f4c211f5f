import { isOfLanguage, isPlain } from "../languages.ts";
import type { Block, Fate } from "../page.ts";

/** A file that a page has shown. */
export interface ShownFile {
  /** The group of tabs that showed it last. */
  readonly group: number | undefined;
  /** Of the block that showed it last. */
  readonly language: string;
  readonly content: string;
  /** Where a shell was by then. */
  readonly folder: string;
}

/** What the words around a file's name say: all of the file is below. */
const showsAll =
  /^(?:(?:so|and|now|then|finally|next|first|second|at last)[, ]+)*(?:(?:here(?:'s| is)|this is|that is)\s+)?(?:(?:your|the|our)\s+)?(?:(?:new|final|full|complete|whole|finished|updated|entire|resulting)\s+)*(?:(?:version|contents?|code|text)\s+(?:of|for)\s+)?(?:(?:your|the|our)\s+)?(?:file\s+)?FILE(?:\s+file)?(?:\s+(?:now|then|should|will|would|must|looks?|like|this|is|be|becomes?|reads?|contains?|appears?|as|follows))*\s*[:.]?$/i;
const rewrites = /\b(?:rewrite|overwrite)\b/i;
/** What is below may be all that is left of the file. */
const shortens =
  /\bonly\b|\bnow (?:has|is|needs|reads|contains)\b|\bsimplif|\bshorte|\breduce|\bwithout\b|\ball (?:that )?FILE needs\b/i;
const leftOut = /^[^\S\n]*(?:#|\/\/|--|\/\*|<!--)?\s*(?:\.\.\.|…).*$/m;

/**
 * Decides what a block is whose text names a file that the page has shown before: the file again if the text
 * says so, or a part of it.
 * @param files in the order in which they were shown last
 */
export function shownAgain(
  { sentence, content, language }: Block,
  files: ReadonlyMap<string, ShownFile>,
): Fate | undefined {
  const words = new Set(sentence.split(/[\s`*"'(),:;]+/).map((word) => word.replace(/\.$/, "")));
  const isNamed = (path: string) => words.has(path) || words.has(path.replace(/^.*\//, ""));
  const [path, shown] =
    [...files].findLast(([path]) => isOfLanguage(path, language) && isNamed(path)) ?? [];
  if (path === undefined || !shown) return undefined;
  const name = path.replace(/^.*\//, "");
  const text = sentence.replace(/[`*_]/g, "").replace(path, "FILE").replace(name, "FILE");
  const isAll = showsAll.test(text) || rewrites.test(text);
  if (isAll && !leftOut.test(content)) return { kind: "file", path };
  const isQuote = isQuoteOf(content, shown.content) && !shortens.test(text);
  if (isQuote) return { kind: "none", why: `it is in ${path} already` };
  return { kind: "part", path };
}

/** True for parts of a file, word for word, with lines such as `// ...` between them. */
export function isQuoteOf(part: string, file: string): boolean {
  const start = /\S(?:.*\S)?/.exec(part.replace(leftOut, ""))?.[0] ?? "";
  if (!file.includes(start)) return false;
  const tight = (text: string) => {
    const lines = text.split("\n").map((line) => line.trim());
    return `\n${lines.filter((line) => line !== "").join("\n")}\n`;
  };
  const whole = tight(file);
  const pieces = part.split(leftOut).map(tight);
  return pieces.every((piece) => piece === "\n\n" || whole.includes(piece));
}

/** The file that has a block of its language word for word. */
export function quotedIn(block: Block, files: ReadonlyMap<string, ShownFile>): string | undefined {
  return [...files].find(
    ([path, { content }]) =>
      isOfLanguage(path, block.language) && isQuoteOf(block.content, content),
  )?.[0];
}

/** A file must stay below the client's directory. */
export function fileFate(path: string, kind: "file" | "part"): Fate {
  const normal = normalPath(path);
  const isOutside = /^([A-Za-z]:|\/|~)/.test(normal) || normal.split("/").includes("..");
  if (isOutside) {
    return { kind: "none", why: `${path} is not below the directory of the page's files` };
  }
  if (/\p{Cc}/u.test(normal)) return { kind: "none", why: "its name has a control character" };
  return { kind, path: normal };
}

export function normalPath(path: string): string {
  return path.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
}

const LONGEST_NAME = 255;

export function isFileName(text: string): boolean {
  if (text.length > LONGEST_NAME) return false;
  return /^[\w./\\@~:-]*[\w-]*\.[A-Za-z]\w*$|^\.env[\w.]*$/.test(text) && !/^https?:/.test(text);
}

/** A first line that only has a file name in a comment: `# app.py`, `// src/app.js`. */
export function fileInFirstLine(content: string): string | undefined {
  const [line = ""] = content.split("\n", 1);
  const first = line.slice(0, 2 * LONGEST_NAME);
  const name = /^\s*(?:#|\/\/|--)\s*([\w./-]+\.[A-Za-z]\w*)\s*$/.exec(first)?.[1];
  return name !== undefined && isFileName(name) ? name : undefined;
}

/** A sentence right above that creates a file, or changes a part of one; or the name of a file alone. */
export function fileInSentence(
  above: string,
  files: Pick<ReadonlySet<string>, "has">,
): Fate | undefined {
  const text = above.slice(-2000).replace(/^(?:[-*+]|\d+[.)])\s+/, "");
  const alone = /^(?:(?:first|then|now|next|and|finally),? )*[*_]*`?([^`*_ ]+)`?[*_]*:?$/i.exec(
    text,
  )?.[1];
  if (alone !== undefined && isFileName(alone) && /[`*]/.test(text)) {
    return fileFate(alone, "file");
  }
  const name = lastName(text);
  if (name === undefined) return undefined;
  if (/\badd an? (?:new )?(?:file (?:named|called) )?[*_]*`/i.test(text)) {
    return fileFate(name, "file");
  }
  const words = text.replace(/`[^`]*`/g, "");
  if (/\b(update|add|edit|modify|append|change)\b/i.test(words)) return fileFate(name, "part");
  const isPart = /\breplace\b/i.test(words) && !replacesAll.test(words);
  if (isPart && files.has(normalPath(name))) return fileFate(name, "part");
  if (/\b(create|replace|save|write)\b/i.test(words)) return fileFate(name, "file");
  return undefined;
}

/** It replaces the file, and not something in it. */
const replacesAll =
  /\breplace\s+(?:(?:all|everything|the|your|its|this|that|whole|entire|full|existing|current|of|in|file|contents?|code|text)\s+)*(?:\s|$|[:.,]|with\b)/i;

/**
 * Puts a heading that is the name of a file above the block right below it, as a line of text. A heading such as
 * "Node.js" is only a name if it is code, or the page has the file.
 */
export function withHeading(
  block: Block,
  previous: Block | undefined,
  isKnown: (name: string) => boolean,
): Block {
  const { above, heading, section, language } = block;
  if (above !== "" || previous?.section === section) return block;
  const name = heading.replace(/[`*_]/g, "");
  const isCode = /^`[^`]*`$/.test(heading) && isOfLanguage(name, language);
  if (!isFileName(name) || !(isCode || isKnown(name))) return block;
  return { ...block, above: `**${name}**`, sentence: `**${name}**` };
}

/** The last name in a text that is code. */
export function lastName(text: string): string | undefined {
  const name = /`([^`]+)`[^`]*$/.exec(text)?.[1];
  return name !== undefined && isFileName(name) ? name : undefined;
}

/** The file that the line above mentions last, if it is of the block's language. */
export function mentionedIn({ above, language }: Block): string | undefined {
  const name = lastName(above.slice(-2000));
  if (name === undefined || !/\.(?:[cm]?[jt]sx?|py)$/.test(name)) return undefined;
  return isOfLanguage(name, language) ? normalPath(name) : undefined;
}

/** What a block may have changed that names no file. */
export interface Unplaced {
  /** What is in the file after it. */
  readonly content: string;
  /** True for a file that it may change. */
  readonly fits: (path: string, text: string) => boolean;
}

/** Reads a block that names no file. A `diff` has lines that are in its file before it. */
export function readUnplaced({ language, content }: Block): Unplaced {
  // In a plain block there may be any file's code.
  const fits = (path: string) => isPlain(language) || isOfLanguage(path, language);
  if (language !== "diff") return { content, fits };
  const before = withoutMarked(content, "+")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return {
    content: withoutMarked(content, "-"),
    fits: (_, text) => before.length === 0 || before.some((line) => isQuoteOf(line, text)),
  };
}

/** One side of a diff: without the lines that begin with a mark. */
function withoutMarked(content: string, mark: "+" | "-"): string {
  const shown = content.split("\n").filter((line) => !/^(?:@@|\+\+\+|---)/.test(line));
  const marks = [/^[-+ ] /, /^[-+ ]/].find((one) =>
    shown.every((line) => line === "" || one.test(line)),
  );
  const left = shown.filter((line) => !line.startsWith(mark));
  return left.map((line) => line.replace(marks ?? /^[-+]/, "")).join("\n");
}

const takenOut = /^.*\[!code --\].*\n?/gm;
const codeMark =
  /[^\S\n]*(?:\/\/|#|--|\/\*|<!--)[^\S\n]*\[!code [^\]]*\](?:[^\S\n]*(?:\*\/|-->))?/g;

/** What is there after a block which marks what it takes out: with `[!code --]`, or as a diff. */
export function afterEdit({ language, content }: Block): string {
  if (language === "diff") return withoutMarked(content, "-");
  if (!content.includes("[!code ")) return content; // it may be long
  return content.replace(takenOut, "").replace(codeMark, "");
}

const adds = /\b(?:add|append|insert)\b/i;

/**
 * True for a block with a file's name after which more is in the file than it shows: a diff, lines that are left out,
 * or lines to add to it, without the file's first one.
 */
export function isPartOf(
  { language, content, above }: Block,
  file: ShownFile | undefined,
): boolean {
  if (language === "diff") {
    return file ? !isQuoteOf(file.content, withoutMarked(content, "+")) : /^@@/m.test(content);
  }
  if (!file) return false;
  const [first = ""] = file.content.trimStart().split("\n", 1);
  return leftOut.test(content) || (adds.test(above) && !content.includes(first));
}
