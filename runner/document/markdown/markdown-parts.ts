import { visible } from "../../common/visible.ts";
import type { AgainPart, Output, SharedPart, SourceFile } from "../document.ts";
import {
  changesText,
  markOf,
  nothingPrinted,
  sharedText,
  sharedTitle,
  unverifiedWarning,
} from "../words.ts";

/** Puts blocks of Markdown below each other. Empty ones are left out. */
export function joined(blocks: readonly string[]): string {
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** A fenced code block. The fence is longer than any run of backticks in the code. */
export function codeBlock(code: string, language: string): string {
  const runs = code.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}${language}\n${code}${code.endsWith("\n") ? "" : "\n"}${fence}`;
}

/** A file of the guide, under a line that links to it. */
export function filePart({ file, code, language }: SourceFile): string {
  return joined([`[\`${file}\`](${file}):`, codeBlock(code, language)]);
}

/** The steps on the drivers' interface: one of them to look at, and where the others are. */
export function sharedPart(shared: SharedPart | undefined): string {
  if (!shared) return "";
  const { steps, drivers } = shared;
  const shortest = steps.reduce((one, other) =>
    other.code.length < one.code.length ? other : one,
  );
  const links = [...steps, ...drivers].map(({ file }) => `[\`${file}\`](${file})`);
  return joined([
    `## ${sharedTitle}`,
    `${sharedText(shared)} All of them: ${links.join(", ")}.`,
    fold(shortest),
  ]);
}

/** Who printed an output, in a line of its own. */
export function markLine(output: Output): string {
  if (output.verified) return `✓ *${markOf(output)}.*`;
  return `> **${markOf(output)}.** ${output.text === "" ? nothingPrinted : unverifiedWarning}`;
}

/** What a step printed otherwise the last time. */
export function changesPart(again: AgainPart): string {
  const text = changesText(again);
  if (!text || !again.changes) return "";
  const lines = again.changes.map((line) => visible(`${line.sign}${line.text}`));
  return joined([text, lines.length > 0 ? codeBlock(lines.join("\n"), "diff") : ""]);
}

/** A part that the reader opens. GitHub reads the Markdown in it, because of the blank lines. */
function fold({ file, code, language }: SourceFile): string {
  const block = codeBlock(code, language);
  return `<details>\n<summary><code>${file}</code></summary>\n\n${block}\n\n</details>`;
}
