import { visible } from "../../report/visible.ts";
import type {
  AgainPart,
  Chapter,
  Document,
  RunPart,
  Script,
  StepPart,
} from "../document/document.ts";
import { againText, againTitle } from "../document/words.ts";
import {
  changesPart,
  codeBlock,
  filePart,
  joined,
  markLine,
  sharedPart,
} from "./markdown-parts.ts";

const notice =
  "<!-- Made by `run-guide.ts export` from steps/, standalone/, drivers/ and expected/: change these instead. -->";

/**
 * Writes the document as Markdown for GitHub: https://github.github.com/gfm/
 * Its links to files are those of a file in the guide's own directory.
 */
export function toMarkdown(document: Document): string {
  const { title, introduction, before, steps, shared, after } = document;
  const blocks = [
    notice,
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
    ...step.scripts.map((script) => scriptPart(step, script)),
    runPart(step),
    ...step.again.map(againPart),
  ]);
}

/** Where there are several scripts, each has a heading: Markdown has no tabs. */
function scriptPart({ step, scripts }: StepPart, script: Script): string {
  const { client, imports, code, language } = script;
  if (scripts.length === 1) return filePart(script);
  const beside = imports.map((one) =>
    joined([`First, \`${nameOf(one.file)}\`:`, codeBlock(one.code, one.language)]),
  );
  const name = imports.length > 0 ? `Then \`${step}.ts\`:` : "";
  return joined([`### With ${client.title}`, ...beside, name, codeBlock(code, language)]);
}

function againPart(again: AgainPart): string {
  return joined([`### ${againTitle(again)}`, againText(again), runPart(again), changesPart(again)]);
}

function runPart({ command, output }: RunPart): string {
  const text = visible(output.text);
  return joined([
    `Run \`${command}\`${text && output.verified ? ". It prints:" : "."}`,
    ...(text ? [...(output.verified ? [] : ["Output:"]), codeBlock(text, "text")] : []),
    markLine(output),
  ]);
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
