import { withoutRegions } from "./regions.ts";

/** What the comment at the head of a step says, and the code below it. */
export interface StepComment {
  readonly title: string;
  /** Markdown, without the title. */
  readonly prose: string;
  /** Without the marks of its exercises. */
  readonly code: string;
}

/**
 * Reads the head of a step: a block comment in Markdown, whose first line is `# Title`.
 * @param file for messages
 * @returns undefined where there is no such comment
 */
export function readStepComment(source: string, file: string): StepComment | undefined {
  const comment = /^\uFEFF?\/\*(.*?)\*\//s.exec(source);
  if (!comment) return undefined;

  const [whole, markdown = ""] = comment;
  return readStepText(markdown, source.slice(whole.length), file);
}

/**
 * The same for a text in a file beside the step: `# Title`, and the prose.
 * @param file of the step, for messages
 * @returns undefined where it has no title
 */
export function readStepText(
  markdown: string,
  source: string,
  file: string,
): StepComment | undefined {
  // This takes a byte order mark away, too.
  const unix = (text: string) => text.replaceAll("\r\n", "\n").trim();
  const [first = "", ...rest] = unix(markdown).split("\n");
  const title = /^#\s/.test(first) ? first.slice(1).trim() : "";
  if (!title) return undefined;
  return { title, prose: rest.join("\n").trim(), code: withoutRegions(unix(source), file).trim() };
}
