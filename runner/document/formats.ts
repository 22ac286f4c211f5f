import { isRecord } from "../common/json.ts";
import { type Document, generatedBy } from "./document.ts";

/** A way to write a document. Its code is loaded when it is needed: a run of the guide needs none. */
interface Format {
  /**
   * Writes the document. The same document always gives the same text.
   * @param client whose scripts are shown, if there is room for one library only
   */
  write(document: Document, client: string): Promise<string>;
  /** True if a text is a whole document that `export` made in this format: it may be replaced. */
  isOwn(text: string): boolean;
}

/** The whole beginning of a page, up to the sign. */
const pageHead =
  /^<!doctype html>\n<html lang="en">\n<head>\n(?:<meta [^>\n]*>\n)*?(<meta name="generator"[^>\n]*>)\n<title>/;

const md: Format = {
  write: async (document) => (await import("./markdown.ts")).toMarkdown(document),
  isOwn: (text) => text.startsWith(`${generatedBy.md}\n\n# `),
};

const html: Format = {
  write: async (document) => (await import("./html-page.ts")).toHtml(document),
  isOwn: (text) => pageHead.exec(text)?.[1] === generatedBy.html && text.endsWith("</html>\n"),
};

const ipynb: Format = {
  write: async (document, client) => (await import("./ipynb.ts")).toNotebook(document, client),
  isOwn(text) {
    try {
      const notebook: unknown = JSON.parse(text);
      if (!isRecord(notebook) || !Array.isArray(notebook.cells)) return false;
      const isDeno = JSON.stringify(notebook.metadata).includes('"deno"');
      return isDeno && notebook.cells.some(isKernelNote) && !notebook.cells.some(isAddedByReader);
    } catch {
      return false;
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

/** Jupyter and VS Code name a new cell at random. Ours have the names of steps and chapters. */
function isAddedByReader(cell: unknown): boolean {
  return isRecord(cell) && /^(?=.*\d)[0-9a-f]{8}(-[0-9a-f]{4}|$)/.test(String(cell.id));
}

/** By the ending of a file. */
export const formats: ReadonlyMap<string, Format> = new Map(Object.entries({ md, ipynb, html }));
