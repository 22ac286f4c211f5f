import { withoutMarks } from "./marks.ts";

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
  const text = source.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  if (!text.startsWith("/*")) return undefined;

  const end = text.indexOf("*/");
  if (end === -1) return undefined;

  const [first = "", ...rest] = text.slice(2, end).trim().split("\n");
  const title = /^#\s+(\S.*)$/.exec(first)?.[1]?.trim();
  if (!title) return undefined;

  const code = withoutMarks(text.slice(end + 2), file).trim();
  return { title, prose: rest.join("\n").trim(), code };
}
