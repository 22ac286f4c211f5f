import type {
  AgainPart,
  Chapter,
  Document,
  RunPart,
  SharedPart,
  SourceFile,
  StepPart,
} from "../document.ts";
import { againText, againTitle, sharedText, sharedTitle, summaryOf } from "../words.ts";
import { changesFigure, codeFigure, outputFigure } from "./blocks.ts";
import type { Highlighter } from "./code-colors.ts";
import { type Html, html } from "./markup.ts";
import { makeProse } from "./rich-text.ts";
import { scriptTabs } from "./script-tabs.ts";

/** One screen of the page: in the projector mode, it stands alone. */
export interface Section {
  readonly id: string;
  /** For the table of contents. */
  readonly title: Html;
  readonly level: 1 | 2;
  readonly content: Html;
}

/** What a step looks like. */
export interface StepStyle {
  /** What stands where a run's output belongs. */
  readonly runFigure: (part: RunPart) => Html;
  /** What a file of the guide is called. */
  readonly captionOf: (file: string) => string;
}

/** As the reader has it at home, with what a run printed when the document was made. */
const exported: StepStyle = {
  runFigure: ({ output }) => outputFigure(output),
  captionOf: (file) => file.slice(file.lastIndexOf("/") + 1),
};

/** Makes the sections of the page below its cover, in reading order. */
export function makeSections(
  document: Document,
  highlighter: Highlighter,
  { runFigure, captionOf }: StepStyle = exported,
): Section[] {
  const { before, steps, shared, after } = document;
  const prose = makeProse(highlighter);

  function chapter({ id, title, text }: Chapter): Section {
    const heading = prose.line(title);
    const content = html`<h2>${heading}</h2>
${prose.block(text)}`;
    return section(id, "chapter", heading, 1, content);
  }

  function step(part: StepPart): Section[] {
    const title = prose.line(part.title);
    const content = html`<div class="told"><p class="name">${part.step}</p>
<h2>${title}</h2>
${prose.block(part.prose)}</div>
<div class="code-part">${scriptTabs(highlighter, part, captionOf)}</div>
<div class="run-part">${codeFigure(highlighter, part.command, "sh")}${runFigure(part)}</div>`;
    return [section(part.id, "step", title, 1, content), ...part.again.map(again)];
  }

  function again(part: AgainPart): Section {
    const title = prose.line(againTitle(part));
    const content = html`<h3>${title}</h3>
${prose.block(againText(part))}${codeFigure(highlighter, part.command, "sh")}${runFigure(part)}${changesFigure(part)}`;
    return section(part.id, "again", title, 2, content);
  }

  function sharedSection(part: SharedPart): Section {
    const title = html`${sharedTitle}`;
    const content = html`<h2>${title}</h2>
${prose.block(sharedText(part))}${[...part.steps, ...part.drivers].map((file) => fold(highlighter, file))}`;
    return section(part.id, "chapter", title, 1, content);
  }

  return [
    ...before.map(chapter),
    ...steps.flatMap(step),
    ...(shared ? [sharedSection(shared)] : []),
    ...after.map(chapter),
  ];
}

function fold(highlighter: Highlighter, { file, code, language }: SourceFile): Html {
  return html`<details><summary><code>${file}</code></summary>${codeFigure(highlighter, code, language)}</details>
`;
}

/** What the page begins with. */
export function makeCover(
  document: Document,
  highlighter: Highlighter,
  summary = summaryFigure(document),
): Html {
  const { title, introduction } = document;
  return html`<header class="screen cover" id="top">
<h1>${title}</h1>
<div class="lead">${makeProse(highlighter).block(introduction)}</div>
${summary}
</header>
`;
}

function summaryFigure(document: Document): Html {
  const { text, allVerified } = summaryOf(document);
  return html`<p class="${allVerified ? "summary verified" : "summary unverified"}">${allVerified ? "✓" : "!"} ${text}</p>`;
}

function section(id: string, kind: string, title: Html, level: 1 | 2, body: Html): Section {
  const content = html`<section class="screen ${kind}" id="${id}">
${body}</section>
`;
  return { id, title, level, content };
}
