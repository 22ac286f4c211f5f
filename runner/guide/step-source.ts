import { readFileSync } from "node:fs";
import { Failure } from "../common/failure.ts";
import type { Step } from "./guide.ts";

/** The text at the beginning of a step, and the code below it, without the comments of its regions. */
type StepComment = Pick<Step, "title" | "prose" | "code">;

/**
 * Read the head of a step: a block comment in Markdown, whose first line is `# Title`.
 * @param file for messages
 * @returns undefined if it has no such comment
 */
export function readStepComment(source: string, file: string): StepComment | undefined {
  const comment = /^\uFEFF?\/\*(.*?)\*\//s.exec(source);
  if (!comment) return undefined;

  const [whole, markdown = ""] = comment;
  return readStepText(markdown, source.slice(whole.length), file);
}

/**
 * Read the text of a step that is in a file of its own: `# Title`, and the prose.
 * @param file of the step, for messages
 * @returns undefined if it has no title
 */
export function readStepText(
  markdown: string,
  source: string,
  file: string,
): StepComment | undefined {
  // trim removes a byte order mark too.
  const unix = (text: string) => text.replaceAll("\r\n", "\n").trim();
  const [first = "", ...rest] = unix(markdown).split("\n");
  const title = /^#\s/.test(first) ? first.slice(1).trim() : "";
  if (!title) return undefined;
  return { title, prose: rest.join("\n").trim(), code: withoutRegions(unix(source), file).trim() };
}

/** Some lines of a script, as they follow each other. */
export interface Part {
  readonly lines: readonly string[];
  /** Set if these lines are in a region, such as `insert`. */
  readonly region?: string | undefined;
}

const slashes = {
  end: "// #endregion",
  opening: /^[ \t]*\/\/[ \t]*#region\b[ \t]*(?<name>.*?)\s*$/,
  closing: /^[ \t]*\/\/[ \t]*#endregion\b/,
};
const hashes = {
  end: "# endregion",
  opening: /^[ \t]*#[ \t]*region\b[ \t]*(?<name>.*?)\s*$/,
  closing: /^[ \t]*#[ \t]*endregion\b/,
};

/**
 * Take a script apart at the comments by which editors fold it: `// #region insert` and
 * `// #endregion` in TypeScript and JavaScript, `# region insert` and `# endregion` elsewhere.
 * @param file its ending says which of the two; the rest is for the message
 * @throws Failure of kind "layout" for a region that does not end, or that has another one in it
 */
export function splitRegions(source: string, file: string): Part[] {
  const { opening, closing, end } = commentsOf(file);
  const parts: Part[] = [];
  let lines: string[] = [];
  let region: string | undefined;
  const close = (next?: string) => {
    parts.push({ lines, region });
    lines = [];
    region = next;
  };
  for (const line of source.split("\n")) {
    const name = opening.exec(line)?.groups?.name;
    if (name !== undefined) {
      if (region !== undefined) fail(file, region, end);
      close(name);
    } else if (region !== undefined && closing.test(line)) close();
    else lines.push(line);
  }
  if (region !== undefined) fail(file, region, end);
  close();
  return parts;
}

/** Take the script in a file apart. @throws as `splitRegions` */
export function readParts(file: string): Part[] {
  return splitRegions(readFileSync(file, "utf8").replaceAll("\r\n", "\n"), file);
}

/** Some lines of a script as a text of their own. */
export function withoutIndent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim()).map((line) => line.search(/\S/));
  return lines.map((line) => line.slice(Math.min(...indents))).join("\n");
}

/** A script as it is shown and copied: without the comments that begin and end its regions. */
export function withoutRegions(source: string, file: string): string {
  const { opening, closing } = commentsOf(file);
  return source
    .split("\n")
    .filter((line) => !opening.test(line) && !closing.test(line))
    .join("\n");
}

function commentsOf(file: string) {
  return /\.[cm]?[jt]sx?$/.test(file) ? slashes : hashes;
}

function fail(file: string, region: string, end: string): never {
  throw new Failure(
    "layout",
    `${file}: the region "${region}" has no end. Add a comment below its last line: ${end}`,
  );
}
