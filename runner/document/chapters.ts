import { Marked } from "marked";

/** A Markdown file, taken apart at its second-level headings. */
export interface Chapters {
  /** What stands before the first of them. */
  readonly introduction: string;
  readonly chapters: readonly { readonly title: string; readonly text: string }[];
}

/** Splits Markdown at its `##` headings. A line in a code block that looks like one is none. */
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
