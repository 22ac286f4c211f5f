import { visible } from "../../report/visible.ts";
import type { AgainPart, Chapter, Document, RunPart, StepPart } from "../document/document.ts";
import { againText, againTitle } from "../document/words.ts";
import {
  callDetails,
  changesPart,
  codeBlock,
  connectionPart,
  joined,
  markLine,
} from "./markdown-parts.ts";

const notice =
  "<!-- Made by `run-guide.ts export` from steps/, drivers/ and expected/: change these instead. -->";

/**
 * Writes the document as Markdown for GitHub: https://github.github.com/gfm/
 * Its links to the steps' files are those of a file in the guide's own directory.
 */
export function toMarkdown(document: Document): string {
  const { title, introduction, before, steps, after } = document;
  const blocks = [
    notice,
    `# ${title}`,
    introduction,
    ...before.map(chapter),
    connectionPart(document),
    ...steps.map(stepPart),
    ...after.map(chapter),
  ];
  return `${joined(blocks)}\n`;
}

function chapter({ title, text }: Chapter): string {
  return joined([`## ${title}`, text]);
}

function stepPart(step: StepPart): string {
  return joined([
    `## ${step.title}`,
    step.prose,
    `The code of [\`${step.file}\`](${step.file}):`,
    codeBlock(step.code, "ts"),
    callDetails(step),
    "Run it:",
    runPart(step),
    ...step.again.map(againPart),
  ]);
}

function againPart(again: AgainPart): string {
  return joined([`### ${againTitle(again)}`, againText(again), runPart(again), changesPart(again)]);
}

function runPart({ command, output }: RunPart): string {
  const text = visible(output.text);
  return joined([
    codeBlock(command, "sh"),
    ...(text ? [output.verified ? "It prints:" : "Output:", codeBlock(text, "text")] : []),
    markLine(output),
  ]);
}
