import type { Document } from "./document.ts";

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
