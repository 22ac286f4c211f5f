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
  return joined([
    `## ${step.title}`,
    step.prose,
    ...(step.scripts.length > 1
      ? choicePart(step)
      : [
          ...step.scripts
            .flatMap((script) => [...script.imports, script])
            .map((file) => filePart(file, linkPrefix)),
          runPart(step),
        ]),
    ...step.again.map(againPart),
  ]);
}

/**
 * Several scripts, of which a reader takes one. Each has a heading: Markdown has no tabs. Comments say
 * what is a file and whose, so that the document can be verified as a page.
 */
function choicePart(part: StepPart): string[] {
  const { step, scripts } = part;
  return [
    `Save one of these as \`${step}.ts\`.`,
    ...scripts.map((script) => scriptPart(step, script)),
    "### Run it",
    runPart(part),
  ];
}

function scriptPart(step: string, { client, imports, code, language }: Script): string {
  const fileOf = (file: string, code: string, language: string) =>
    directed([`client ${client.title}`, `file ${file}`], codeBlock(code, language));
  const files = imports.map((one, index) => {
    const first = index === 0 ? "First" : "Then";
    const name = one.file.slice(one.file.lastIndexOf("/") + 1);
    return joined([`${first}, \`${name}\`:`, fileOf(name, one.code, one.language)]);
  });
  const name = imports.length > 0 ? `Then, \`${step}.ts\`:` : "";
  return joined([`### With ${client.title}`, ...files, name, fileOf(`${step}.ts`, code, language)]);
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
  const heading = output.verified ? "It prints:" : "Output:";
  const exit = exitCode === 0 ? [] : [`exit ${exitCode}`];
  return joined([
    introduction,
    directed(exit, codeBlock(command, "sh")),
    output.text === "" ? "" : heading,
    outputPart(output),
    failurePart(part),
  ]);
}

function failurePart(part: RunPart): string {
  const text = visible(part.stderr);
  return joined([failureText(part), text && directed(["ignore"], codeBlock(text, "text"))]);
}

function outputPart(output: Output): string {
  const text = visible(output.text);
  return joined([text && codeBlock(text, "text"), verdictLine(output)]);
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
