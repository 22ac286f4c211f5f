import type { Document } from "../document.ts";
import { makeHighlighter } from "./code-colors.ts";
import { type Html, html } from "./markup.ts";
import { languagesIn } from "./rich-text.ts";
import { makeCover, makeSections, type StepStyle } from "./sections.ts";
import { type Additions, page } from "./web-page.ts";

/** A page that shows something else in the place of the outputs, and does more. */
export interface Variant extends Additions, StepStyle {
  readonly summary: Html;
}

/**
 * Writes the document as one web page, which needs nothing but itself: no network, no other file.
 * All text is escaped, and the page's own policy lets no script run but those it was made with.
 */
export function toHtml(document: Document): Promise<string> {
  return makePage(document);
}

/** The same page, or a variant of it. */
export async function makePage(document: Document, variant?: Variant): Promise<string> {
  const highlighter = await makeHighlighter([
    "ts",
    "sh",
    ...proseOf(document).flatMap(languagesIn),
  ]);
  const cover = makeCover(document, highlighter, variant?.summary);
  const sections = makeSections(document, highlighter, variant);
  const style = highlighter.style();
  highlighter.dispose();

  const entries = sections.map(
    ({ id, title, level }) => html`<li class="level-${level}"><a href="#${id}">${title}</a></li>
`,
  );
  const body = html`<a class="skip" href="#guide">Skip to the guide</a>
<div class="page">
<nav class="contents" aria-label="Contents"><details open><summary>Contents</summary>
<ol>
${entries}</ol>
</details></nav>
<main id="guide" tabindex="-1">
${cover}${sections.map(({ content }) => content)}</main>
</div>
`;
  return page(document.title, style, body, variant);
}

function proseOf({ introduction, before, steps, after }: Document): string[] {
  return [
    introduction,
    ...[...before, ...after].map(({ text }) => text),
    ...steps.map(({ prose }) => prose),
  ];
}
