import { basename, dirname, extname, join, relative } from "node:path";
import { Marked } from "marked";
import { namesIn, readRegularFile } from "../common/read-files.ts";
import type { StandaloneClient } from "../guide/clients.ts";
import type { Guide, Step } from "../guide/guide.ts";
import { withoutRegions } from "../guide/step-source.ts";
import type { Script, SourceFile } from "./document.ts";

/** A Markdown file, split at its second-level headings. */
export interface Chapters {
  /** The text before the first of them. */
  readonly introduction: string;
  readonly chapters: readonly { readonly title: string; readonly text: string }[];
}

/**
 * Reads `steps/before.md` or `steps/after.md`.
 * @returns nothing but empty texts if the guide has no such file
 * @throws Failure of kind "layout" if the file cannot be read
 */
export function readChapters(guide: Guide, name: "before.md" | "after.md"): Chapters {
  if (guide.page) return splitChapters(""); // what is next to a page is not about it
  return splitChapters(readText(join(guide.directory, "steps", name)) ?? "");
}

/** Splits Markdown at its `##` headings, but not at such lines in a code block. */
export function splitChapters(markdown: string): Chapters {
  let introduction = "";
  const chapters: { title: string; text: string }[] = [];
  for (const token of new Marked().lexer(markdown)) {
    const chapter = chapters.at(-1);
    if (token.type === "heading" && token.depth === 2)
      chapters.push({ title: token.text, text: "" });
    else if (chapter) chapter.text += token.raw;
    else introduction += token.raw;
  }
  return {
    introduction: introduction.trim(),
    chapters: chapters.map(({ title, text }) => ({ title, text: text.trim() })),
  };
}

/**
 * Finds the code of a step: the script of each client, or the step's own file if there are none.
 * @param clients whose scripts are shown
 * @param shown imported files that were shown already; those of this step are added
 * @throws Failure of kind "layout" if a file cannot be read
 */
export function scriptsOf(
  guide: Guide,
  step: Step,
  clients: readonly StandaloneClient[],
  shown: Set<string>,
): Script[] {
  const scripts = clients.flatMap(({ name, label, scripts }) => {
    const file = relative(guide.directory, scripts.get(step) ?? "").replaceAll("\\", "/");
    const source = sourceFile(guide, file);
    return source ? [{ ...source, client: { name, title: label } }] : [];
  });
  const own = { ...stepFile(step), client: { name: "step", title: "step" } };
  return (scripts.length > 0 ? scripts : [own]).map((script) => {
    // A page says itself which files there are.
    const files = guide.page ? [] : importedFiles(guide, script);
    const imports = files.filter(({ file }) => !shown.has(file));
    for (const { file } of imports) shown.add(file);
    return { ...script, imports };
  });
}

/** A step's own file, without the comment at its top. */
export function stepFile({ file, code }: Step): SourceFile {
  return {
    file: `steps/${basename(file)}`,
    code,
    language: extname(file).slice(1),
  };
}

/**
 * Reads a file of the guide.
 * @param file relative to the guide's directory
 * @returns undefined if it does not exist
 * @throws Failure of kind "layout" if it cannot be read
 */
export function sourceFile(guide: Guide, file: string): SourceFile | undefined {
  const text = readText(join(guide.directory, file));
  if (text === undefined) return undefined;
  const code = withoutRegions(text, file).trimEnd();
  return { file, code, language: extname(file).slice(1) };
}

/** The files in a script's own folder that it imports. */
function importedFiles(guide: Guide, { file, code }: SourceFile): SourceFile[] {
  const folder = dirname(file);
  return namesIn(join(guide.directory, folder))
    .filter((name) => name !== basename(file) && isImported(name, code))
    .flatMap((name) => sourceFile(guide, `${folder}/${name}`) ?? []);
}

/** By JavaScript, Python or psql. */
function isImported(name: string, code: string): boolean {
  if (code.includes(`"./${name}"`) || code.includes(`'./${name}'`)) return true;
  return code.split("\n").some((line) => {
    const [word = "", first = ""] = line.trim().split(/[\s;]+/);
    if (/^(import|from)$/.test(word)) return `${first}.py` === name;
    return /^\\ir?$/.test(word) && first === name;
  });
}

/** Reads a text with the line ends that it has in the repository. */
function readText(file: string): string | undefined {
  const text = readRegularFile(file)?.toString("utf8");
  return text?.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
}
