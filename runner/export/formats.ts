import type { Document } from "./document.ts";

type Writer = (document: Document) => string | Promise<string>;

/**
 * The writers by the ending of the file that they make. Each is loaded when it is asked for: the
 * libraries of one format cost a run of the guide nothing.
 */
export const formats = {
  md: async (): Promise<Writer> => (await import("./markdown.ts")).toMarkdown,
  ipynb: async (): Promise<Writer> => (await import("./notebook.ts")).toNotebook,
  html: async (): Promise<Writer> => (await import("./html.ts")).toHtml,
} as const;

export type Format = keyof typeof formats;

/** Writes the document in a format. The same document always gives the same text. */
export async function write(document: Document, format: Format): Promise<string> {
  const writer = await formats[format]();
  return writer(document);
}
