import { visible } from "../../common/visible.ts";
import type {
  AgainPart,
  Chapter,
  Document,
  Output,
  RunPart,
  Script,
  StepPart,
} from "../document.ts";
import { signs } from "../signs.ts";
import { againText, againTitle } from "../words.ts";
import {
  changesPart,
  codeBlock,
  filePart,
  joined,
  markLine,
  sharedPart,
} from "./markdown-parts.ts";

/**
 * Writes the document as Markdown for GitHub: https://github.github.com/gfm/
 * Its links to files are those of a file in the guide's own directory.
 */
export function toMarkdown(document: Document): string {
  const { title, introduction, before, steps, shared, after } = document;
  const blocks = [
    signs.md,
    `# ${title}`,
    introduction,
    ...before.map(chapter),
    ...steps.map(stepPart),
    sharedPart(shared),
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
    ...(step.scripts.length > 1
      ? choicePart(step)
      : [...step.scripts.map(filePart), runPart(step)]),
    ...step.again.map(againPart),
  ]);
}

/** Several scripts, of which a reader takes one. Each has a heading: Markdown has no tabs. */
function choicePart({ step, scripts, command, output }: StepPart): string[] {
  return [
    `Save one of these as \`${step}.ts\`, and run it: \`${command}\``,
    ...scripts.map((script) => scriptPart(step, script)),
    "### Output",
    outputPart(output, ""),
  ];
}

function scriptPart(step: string, { client, imports, code, language }: Script): string {
  const beside = imports.map((one) =>
    joined([`First, \`${nameOf(one.file)}\`:`, codeBlock(one.code, one.language)]),
  );
  const name = imports.length > 0 ? `Then \`${step}.ts\`:` : "";
  return joined([`### With ${client.title}`, ...beside, name, codeBlock(code, language)]);
}

function againPart(again: AgainPart): string {
  const run = `${againText(again)} Run \`${again.command}\``;
  return joined([`### ${againTitle(again)}`, runPart(again, run), changesPart(again)]);
}

function runPart({ command, output }: RunPart, run = `Run \`${command}\``): string {
  const isShown = output.text !== "" && output.verified;
  return joined([`${run}${isShown ? ". It prints:" : "."}`, outputPart(output, "Output:")]);
}

/** @param unverified stands before an output that no sentence introduces */
function outputPart(output: Output, unverified: string): string {
  const text = visible(output.text);
  return joined([
    text && !output.verified ? unverified : "",
    text ? codeBlock(text, "text") : "",
    markLine(output),
  ]);
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
