import { basename } from "node:path";
import { visible } from "../common/visible.ts";
import type {
  AgainPart,
  Chapter,
  Document,
  Output,
  RunPart,
  Script,
  SharedPart,
  SourceFile,
  StepPart,
} from "./document.ts";
import { type Html, html } from "./html.ts";
import { codeFigure, prose, proseLine } from "./html-prose.ts";
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

/** One screen of the page: the projector mode shows it alone. */
export interface Section {
  readonly id: string;
  /** For the table of contents. */
  readonly title: Html;
  readonly level: 1 | 2;
  readonly content: Html;
}

/** How a page shows its steps. */
export interface StepStyle {
  /** Makes the part of the page for a run's output. */
  readonly runFigure: (part: RunPart) => Html;
  /** Names a file of the guide. */
  readonly captionOf: (file: string) => string;
}

/** A reader's own files have no folder, and the outputs are those of the guide's runs. */
const exported: StepStyle = {
  runFigure: (part) => html`${outputFigure(part.output)}${failureFigure(part)}`,
  captionOf: basename,
};

/** Makes the sections of the page below its title, in reading order. */
export function makeSections(document: Document, style: StepStyle = exported): Section[] {
  const { before, steps, shared, after } = document;
  return [
    ...before.map(chapter),
    ...steps.flatMap((step) => [
      stepSection(step, style),
      ...step.again.map((again) => againSection(again, style)),
    ]),
    ...(shared ? [sharedSection(shared)] : []),
    ...after.map(chapter),
  ];
}

function chapter({ id, title, text }: Chapter): Section {
  const heading = proseLine(title);
  const content = html`<h2>${heading}</h2>
${prose(text)}`;
  return section(id, "chapter", heading, 1, content);
}

function stepSection(step: StepPart, style: StepStyle): Section {
  const title = proseLine(step.title);
  const content = html`<div class="told"><p class="name">${step.step}</p>
<h2>${title}</h2>
${prose(step.prose)}</div>
<div class="code-part">${scriptPanels(step, style)}</div>
<div class="run-part">${codeFigure(step.command, "sh")}${style.runFigure(step)}</div>`;
  return section(step.id, "step", title, 1, content);
}

/** The step's script for each library. `page/tabs.js` makes tabs of them. */
function scriptPanels({ id, scripts }: StepPart, { captionOf }: StepStyle): Html {
  const figures = (script: Script) =>
    [script, ...script.imports].map(({ file, code, language }) =>
      codeFigure(code, language, captionOf(file)),
    );
  const panels = scripts.map(
    (script) =>
      html`<div class="panel" id="${id}.${script.client.name.replace("/", ".")}" data-choice="${script.client.name}"><p class="panel-name">${script.client.title}</p>
${figures(script)}</div>
`,
  );
  return html`<div class="panels">
${panels}</div>
`;
}

function againSection(again: AgainPart, { runFigure }: StepStyle): Section {
  const title = proseLine(againTitle(again));
  const content = html`<h3>${title}</h3>
${prose(againText(again))}${codeFigure(again.command, "sh")}${runFigure(again)}${changesFigure(again)}`;
  return section(again.id, "again", title, 2, content);
}

function sharedSection(shared: SharedPart): Section {
  const title = html`${sharedTitle}`;
  const content = html`<h2>${title}</h2>
${prose(sharedText(shared))}${[...shared.steps, ...shared.drivers].map(collapsedFile)}`;
  return section(shared.id, "chapter", title, 1, content);
}

function section(id: string, kind: string, title: Html, level: 1 | 2, body: Html): Section {
  const content = html`<section class="screen ${kind}" id="${id}">
${body}</section>
`;
  return { id, title, level, content };
}

function collapsedFile({ file, code, language }: SourceFile): Html {
  return html`<details><summary><code>${file}</code></summary>${codeFigure(code, language)}</details>
`;
}

/** What a run printed, and the clients that verified it. */
function outputFigure(output: Output): Html {
  const { verified, text } = output;
  const lines = visible(text).replace(/\n+$/, "").split("\n");
  const samp = html`<pre><samp>${lines.map((line) => html`<span class="line">${line}\n</span>`)}</samp></pre>`;
  return html`<figure class="output ${verified ? "verified" : "unverified"}">
<figcaption><span class="title">Output</span> <span class="badge">${verified ? "✓" : "!"} ${verdictText(output)}</span></figcaption>
${verified ? undefined : html`<p class="warning">${unverifiedWarning(output)}</p>`}
${text === "" ? undefined : samp}
</figure>
`;
}

function failureFigure(part: RunPart): Html | undefined {
  const text = failureText(part);
  if (text === "") return undefined;
  if (part.stderr === "") return html`<p>${text}</p>`;
  return html`<figure class="output"><figcaption>${text}</figcaption><pre><samp>${visible(part.stderr)}</samp></pre></figure>
`;
}

/** How an output differs from the step's last one. */
function changesFigure(again: AgainPart): Html | undefined {
  const text = changesText(again);
  if (!text || !again.changes) return undefined;
  if (again.changes.length === 0) return html`<p>${text}</p>`;
  const lines = again.changes.map(({ sign, text: line }) =>
    sign === "+" ? html`<ins>+ ${visible(line)}\n</ins>` : html`<del>− ${visible(line)}\n</del>`,
  );
  return html`<figure class="changes"><figcaption>${text}</figcaption><pre>${lines}</pre></figure>
`;
}
