import { isRecord } from "../common/json.ts";
import { type Document, generatedBy } from "./document.ts";
import { digestOfNotebook, isUnedited, sealed, withoutMarkup, withoutTrailing } from "./seal.ts";

/** What a file is to `export`: only what it made itself, and is as it was made, may be replaced. */
export type Origin = "exported" | "edited" | "foreign";

/** A way to write a document. Its code is loaded when it is needed: a run of the guide needs none. */
interface Format {
  /**
   * Writes the document. The same document always gives the same text.
   * @param client whose scripts are shown, if there is room for one library only
   */
  write(document: Document, client: string): Promise<string>;
  /** Says whether a text is a whole document that `export` made in this format. */
  originOf(text: string): Origin;
}

const markdownHead =
  /^(<!-- Made by `run-guide export` from the guide's own files: change these instead\. [0-9a-f]+ -->)\n\n# /;

/** A whole page, with its beginning up to the sign. */
const wholePage =
  /^<!doctype html>\n<html lang="en">\n<head>\n(?:<meta [^>\n]*>\n)*?(<meta name="generator" content="run-guide export [0-9a-f]+">)\n<title>[\s\S]*<\/html>\n$/;

/**
 * A format whose documents have a sign, with a digest of what counts in them.
 * @param pattern finds the sign in a document of this format
 */
function signed(
  sign: string,
  pattern: RegExp,
  essence: (text: string) => string,
  write: (document: Document) => Promise<string>,
): Format {
  return {
    write: async (document) => sealed(await write(document), sign, essence),
    originOf(text) {
      const [, seal] = pattern.exec(text) ?? [];
      if (seal === undefined) return "foreign";
      return isUnedited(text, seal, sign, essence) ? "exported" : "edited";
    },
  };
}

const md = signed(generatedBy.md, markdownHead, withoutMarkup, async (document) =>
  (await import("./markdown.ts")).toMarkdown(document),
);

const html = signed(generatedBy.html, wholePage, withoutTrailing, async (document) =>
  (await import("./html-page.ts")).toHtml(document),
);

const ipynb: Format = {
  write: async (document, client) => (await import("./ipynb.ts")).toNotebook(document, client),
  originOf(text) {
    try {
      const notebook: unknown = JSON.parse(text);
      if (!isRecord(notebook) || !Array.isArray(notebook.cells)) return "foreign";
      const { cells, metadata } = notebook;
      const isDeno = JSON.stringify(metadata).includes('"deno"');
      if (!isDeno || !cells.some(isKernelNote)) return "foreign";
      const seal = isRecord(metadata) && metadata[generatedBy.ipynb];
      if (!isRecord(seal)) return "foreign";
      return seal.digest === digestOfNotebook(notebook) ? "exported" : "edited";
    } catch {
      return "foreign";
    }
  },
};

function isKernelNote(cell: unknown): boolean {
  return (
    isRecord(cell) &&
    cell.cell_type === "markdown" &&
    String(cell.id).startsWith(generatedBy.ipynb) &&
    String(cell.source).startsWith("## About this notebook\n")
  );
}

/** By the ending of a file. */
export const formats: ReadonlyMap<string, Format> = new Map(Object.entries({ md, ipynb, html }));
