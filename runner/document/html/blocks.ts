import { visible } from "../../common/visible.ts";
import type { AgainPart, Output } from "../document.ts";
import { changesText, markOf, nothingPrinted, unverifiedWarning } from "../words.ts";
import type { Highlighter } from "./code-colors.ts";
import { type Html, html } from "./markup.ts";

const shells = new Set(["sh", "bash", "shell", "console"]);

/**
 * Code with its colours. `page/copy.js` gives it a button.
 * @param caption the name of its file, or what else it is
 */
export function codeFigure(
  highlighter: Highlighter,
  code: string,
  language: string,
  caption?: string,
): Html {
  const kind = `code${shells.has(language) ? " shell" : ""}${caption === undefined ? " bare" : ""}`;
  const heading = caption === undefined ? undefined : html`<figcaption>${caption}</figcaption>`;
  return html`<figure class="${kind}">${heading}<pre><code>${highlighter.highlight(code, language)}</code></pre></figure>
`;
}

/** What a run printed, and with which drivers this is verified. */
export function outputFigure(output: Output): Html {
  const { verified, text } = output;
  const kind = verified ? "output verified" : "output unverified";
  const warning = text === "" ? nothingPrinted : unverifiedWarning;
  return html`<figure class="${kind}">
<figcaption><span class="title">Output</span> <span class="mark">${verified ? "✓" : "!"} ${markOf(output)}</span></figcaption>
${verified ? undefined : html`<p class="warning">${warning}</p>`}
${text === "" ? undefined : html`<pre><samp>${lines(text)}</samp></pre>`}
</figure>
`;
}

/** The lines that a step printed otherwise the last time. */
export function changesFigure(again: AgainPart): Html | undefined {
  const text = changesText(again);
  if (!text || !again.changes) return undefined;
  if (again.changes.length === 0) return html`<p>${text}</p>`;
  const lines = again.changes.map(({ sign, text: line }) =>
    sign === "+" ? html`<ins>+ ${visible(line)}\n</ins>` : html`<del>− ${visible(line)}\n</del>`,
  );
  return html`<figure class="changes"><figcaption>${text}</figcaption><pre>${lines}</pre></figure>
`;
}

function lines(text: string): Html[] {
  const all = visible(text).replace(/\n+$/, "").split("\n");
  return all.map((line) => html`<span class="line">${line}\n</span>`);
}
