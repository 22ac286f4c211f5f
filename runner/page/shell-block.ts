import { fileOf, type KnownNames, needsShell, readCommandLine } from "./command-line.ts";
import type { Block, Fate, Stretch } from "./page.ts";

/** Languages of blocks with commands. */
export const shells = new Set([
  "bash",
  "sh",
  "shell",
  "zsh",
  "console",
  "command",
  "terminal",
  "cmd",
]);
/** What a reader does not type. */
export const prompt = /^\s*(?:\$|❯|%)\s+/;

/** Decides what a block of commands is. */
export function commandFate(block: Block, files: KnownNames): Fate {
  const shown = block.content.replace(/\n$/, "").split("\n");
  const isSession = prompt.test(shown.find((line) => line.trim() !== "") ?? "");
  const typed = (isSession ? typedIn(shown) : typedLines(shown)).map((one) => {
    return { ...one, read: readCommandLine(one.text, files) };
  });
  const prepares = typed.flatMap(({ text, read }) => (read.kind === "preparation" ? [text] : []));
  const runs = typed.flatMap(({ read, printed }) =>
    read.kind === "run" ? [{ command: read.command, printed }] : [],
  );
  if (runs.length > 0) {
    const commands = runs.map(({ command }) => command);
    const printed = runs.map((one) => one.printed);
    return { kind: "run", commands, lines: prepares, printed };
  }
  if (typed.some(({ read }) => read.kind === "endless")) {
    return { kind: "command", why: "it starts a server, which does not end" };
  }
  if (typed.length > 0 && prepares.length === typed.length) {
    return { kind: "preparation", lines: prepares };
  }
  const unknown = typed.map(({ text }) => fileOf(text)).find((file) => file !== undefined);
  if (unknown !== undefined) {
    const loads = typed.every(
      ({ text, read }) =>
        read.kind === "preparation" || /^createdb\b/.test(text) || fileOf(text) === unknown,
    );
    const isSqlFile = loads && /\.sql$/i.test(unknown);
    return { kind: "command", why: notShown(unknown), ...(isSqlFile ? { file: unknown } : {}) };
  }
  const isPiped = typed.some(({ text }) => needsShell(text) && hasWord(text, files));
  const shell = "it needs a shell: only a single command that runs a file is run";
  return { kind: "command", why: isPiped ? shell : "it runs no file of the page" };
}

interface Typed {
  readonly text: string;
  readonly printed?: Stretch | undefined;
}

/** Each line is a command. One that ends in a backslash goes on in the next. */
function typedLines(lines: readonly string[]): Typed[] {
  return lines
    .join("\n")
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => ({ text: line.trim() }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"));
}

/** A session: what is below a command, up to the next prompt, was printed by it. */
function typedIn(lines: readonly string[]): Typed[] {
  const starts = lines.flatMap((line, index) => (prompt.test(line) ? [index] : []));
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? lines.length;
    const isPrinted = lines.slice(start + 1, end).some((line) => line.trim() !== "");
    const text = (lines[start] ?? "").replace(prompt, "").trim();
    return { text, ...(isPrinted ? { printed: { from: start + 1, to: end } } : {}) };
  });
}

function hasWord(text: string, files: KnownNames): boolean {
  return text.split(/[\s;|&<>()]+/).some((word) => files.has(word));
}

function notShown(file: string): string {
  return `the page does not name the block of ${file}: write <!-- guide: file ${file} --> before it`;
}

/** The files that a block's commands run. */
export function filesUsedIn({ language, content }: Block): string[] {
  if (!shells.has(language)) return [];
  return content.split("\n").flatMap((line) => fileOf(line.replace(prompt, "").trim()) ?? []);
}
