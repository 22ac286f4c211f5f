import { visible } from "../../report/visible.ts";
import type { AgainPart, Document, DriverSource, Output, StepPart } from "../document/document.ts";
import {
  changesText,
  connectionSummary,
  connectionText,
  connectionTitle,
  markOf,
  nothingPrinted,
  sharedSummary,
  sharedText,
  sourceSummary,
  sourceText,
  unverifiedWarning,
} from "../document/words.ts";

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

/** How the drivers connect, with a heading. Empty where it is not known. */
export function connectionPart({ connection, drivers }: Document): string {
  if (connection.length === 0) return "";
  const sources = connection.map((source) => sourceDetails(source, connectionSummary(source)));
  return joined([`## ${connectionTitle(drivers)}`, connectionText, ...sources]);
}

/** What the calls of a step do: with every driver, and then with each. */
export function callDetails(step: StepPart): string {
  const { shared, sources } = step;
  const common = shared && [sharedText, `From \`${shared.file}\`:`, codeBlock(shared.code, "ts")];
  return joined([
    common ? details(sharedSummary(step), joined(common)) : "",
    ...sources.map((source) => sourceDetails(source, sourceSummary(source))),
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

function sourceDetails(source: DriverSource, summary: string): string {
  return details(summary, joined([sourceText(source), codeBlock(source.code, "ts")]));
}

/** A part that the reader opens. GitHub reads the Markdown in it, because of the blank lines. */
function details(summary: string, content: string): string {
  const html = summary
    .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/`([^`]+)`/g, "<code>$1</code>");
  return `<details>\n<summary>${html}</summary>\n\n${content}\n\n</details>`;
}
