import { basename } from "node:path";
import { visible } from "../common/visible.ts";
import {
  type AgainPart,
  type Chapter,
  type Document,
  generatedBy,
  type Output,
  type RunPart,
  type Script,
  type SourceFile,
  type StepPart,
} from "./document.ts";
import {
  againText,
  againTitle,
  changesText,
  failureText,
  sharedText,
  sharedTitle,
  unverifiedWarning,
  verdictText,
} from "./words.ts";

/** Writes the document as Markdown for GitHub: https://github.github.com/gfm/ */
export function toMarkdown(document: Document): string {
  const { title, introduction, before, steps, after, linkPrefix } = document;
  const blocks = [
    generatedBy.md,
    `# ${title}`,
    introduction,
    ...before.map(chapter),
    ...steps.map((step) => stepPart(step, linkPrefix)),
    sharedPart(document),
    ...after.map(chapter),
  ];
  return `${joined(blocks)}\n`;
}

function chapter({ title, text }: Chapter): string {
  return joined([`## ${title}`, text]);
}

function stepPart(step: StepPart, linkPrefix: string): string {
  const [script] = step.scripts;
  const files = script ? [...script.imports, script] : [];
  const code =
    step.scripts.length > 1 ? choiceParts(step) : files.map((file) => filePart(file, linkPrefix));
  const again = step.again.map(againPart);
  return joined([`## ${step.title}`, step.prose, ...code, runPart(step), ...again]);
}

/**
 * Several scripts, of which a reader takes one. Each has a heading: Markdown has no tabs. Comments say
 * what is a file and whose, so that the document can be verified as a page.
 */
function choiceParts({ step, scripts }: StepPart): string[] {
  const parts = scripts.map((script) => scriptPart(step, script));
  return [`Save one of these as \`${step}.ts\`.`, ...parts, "### Run it"];
}

function scriptPart(step: string, { client, imports, code, language }: Script): string {
  const all = [...imports, { file: `${step}.ts`, code, language }];
  const files = all.map((one, index) => {
    const name = basename(one.file);
    const order = `${index === 0 ? "First" : "Then"}, \`${name}\`:`;
    const directives = [`client ${client.title}`, `file ${name}`];
    const block = directed(directives, codeBlock(one.code, one.language));
    return joined([imports.length > 0 ? order : "", block]);
  });
  return joined([`### With ${client.title}`, ...files]);
}

/** Puts directives before a block, as comments. */
function directed(directives: readonly string[], block: string): string {
  return [...directives.map((one) => `<!-- guide: ${one} -->`), block].join("\n");
}

function filePart({ file, code, language }: SourceFile, linkPrefix: string): string {
  const block = directed([`file ${file}`], codeBlock(code, language));
  return joined([`${fileLink(file, linkPrefix)}:`, block]);
}

function fileLink(file: string, linkPrefix: string): string {
  return `[\`${file}\`](${linkPrefix}${file})`;
}

function againPart(again: AgainPart): string {
  const run = runPart(again, againText(again));
  return joined([`### ${againTitle(again)}`, run, changesPart(again)]);
}

function runPart(part: RunPart, introduction = ""): string {
  const { command, output, exitCode } = part;
  const printed = visible(output.text);
  const stderr = visible(part.stderr);
  return joined([
    introduction,
    directed(exitCode === 0 ? [] : [`exit ${exitCode}`], codeBlock(command, "sh")),
    printed && (output.verified ? "It prints:" : "Output:"),
    printed && codeBlock(printed, "text"),
    verdictLine(output),
    failureText(part),
    stderr && directed(["ignore"], codeBlock(stderr, "text")),
  ]);
}

/** The steps on the drivers' interface: the shortest one, and links to all. */
function sharedPart({ shared, linkPrefix }: Document): string {
  if (!shared) return "";
  const { steps, drivers } = shared;
  const { file, code, language } = steps.reduce((one, other) =>
    other.code.length < one.code.length ? other : one,
  );
  const links = [...steps, ...drivers].map((one) => fileLink(one.file, linkPrefix));
  return joined([
    `## ${sharedTitle}`,
    `${sharedText(shared)} All of them: ${links.join(", ")}.`,
    // GitHub reads the Markdown in it because of the empty lines.
    `<details>\n<summary><code>${file}</code></summary>`,
    codeBlock(code, language),
    "</details>",
  ]);
}

/** Puts blocks of Markdown below each other. Empty ones are left out. */
export function joined(blocks: readonly string[]): string {
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** A fenced code block. The fence is longer than any run of backticks in the code. */
function codeBlock(code: string, language: string): string {
  const runs = code.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}${language}\n${code}${code.endsWith("\n") ? "" : "\n"}${fence}`;
}

/** Says which clients printed an output, in a line of its own. */
export function verdictLine(output: Output): string {
  if (output.verified) return `✓ *${verdictText(output)}.*`;
  return `> **${verdictText(output)}.** ${unverifiedWarning(output)}`;
}

/** Shows how an output differs from the step's last one. */
export function changesPart(again: AgainPart): string {
  const text = changesText(again);
  if (!text || !again.changes) return "";
  const lines = again.changes.map((line) => visible(`${line.sign}${line.text}`));
  return joined([text, lines.length > 0 ? codeBlock(lines.join("\n"), "diff") : ""]);
}
