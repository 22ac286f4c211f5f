import type { Document } from "./document.ts";

/** @param client whose scripts a format shows that has room for one only */
type Writer = (document: Document, client?: string) => string | Promise<string>;

/**
 * The writers by the ending of the file that they make. Each is loaded when it is asked for: the
 * libraries of one format cost a run of the guide nothing.
 */
export const formats = {
  md: async (): Promise<Writer> => (await import("./markdown/markdown.ts")).toMarkdown,
  ipynb: async (): Promise<Writer> => (await import("./markdown/ipynb.ts")).toNotebook,
  html: async (): Promise<Writer> => (await import("./html/export-html.ts")).toHtml,
} as const;

export type Format = keyof typeof formats;

/** Writes the document in a format. The same document always gives the same text. */
export async function write(document: Document, format: Format, client?: string): Promise<string> {
  const writer = await formats[format]();
  return writer(document, client);
}
