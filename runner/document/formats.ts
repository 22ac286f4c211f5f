import { isRecord } from "../common/files.ts";
import { type Document, generatedBy } from "./document.ts";

/** @param client whose scripts are shown, in a format that has room for one library only */
type Writer = (document: Document, client?: string) => string;

/** The formats by file ending. Each is loaded when it is needed: a run of the guide needs none. */
export const formats = {
  md: async (): Promise<Writer> => (await import("./markdown.ts")).toMarkdown,
  ipynb: async (): Promise<Writer> => (await import("./ipynb.ts")).toNotebook,
  html: async (): Promise<Writer> => (await import("./html-page.ts")).toHtml,
} as const;

export type Format = keyof typeof formats;

/** Writes the document in a format. The same document always gives the same text. */
export async function write(document: Document, format: Format, client?: string): Promise<string> {
  const writer = await formats[format]();
  return writer(document, client);
}

/** The whole beginning of a page, up to the sign. */
const pageHead =
  /^<!doctype html>\n<html lang="en">\n<head>\n(?:<meta [^>\n]*>\n)*?(<meta name="generator"[^>\n]*>)\n<title>/;

const isExported: Record<Format, (text: string) => boolean> = {
  md: (text) => text.startsWith(`${generatedBy.md}\n\n# `),
  html: (text) => pageHead.exec(text)?.[1] === generatedBy.html && text.endsWith("</html>\n"),
  ipynb(text) {
    try {
      const notebook: unknown = JSON.parse(text);
      if (!isRecord(notebook) || !Array.isArray(notebook.cells)) return false;
      const isKernelNote = (cell: unknown) =>
        isRecord(cell) &&
        cell.cell_type === "markdown" &&
        String(cell.id).startsWith(generatedBy.ipynb) &&
        String(cell.source).startsWith("## About this notebook\n");
      return (
        JSON.stringify(notebook.metadata).includes('"deno"') && notebook.cells.some(isKernelNote)
      );
    } catch {
      return false;
    }
  },
};

/** True if a text is a whole document that `export` made in this format: `export` may replace it. */
export function isOwnDocument(text: string, format: Format): boolean {
  return isExported[format](text);
}
