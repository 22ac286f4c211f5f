import type { Script, StepPart } from "../document.ts";
import { codeFigure } from "./blocks.ts";
import type { Highlighter } from "./code-colors.ts";
import { type Html, html } from "./markup.ts";

/** The step's script for each library. `page/tabs.js` makes tabs of them. */
export function scriptTabs(
  highlighter: Highlighter,
  { id, scripts }: StepPart,
  captionOf: (file: string) => string,
): Html {
  const figures = (script: Script) =>
    [script, ...script.imports].map(({ file, code, language }) =>
      codeFigure(highlighter, code, language, captionOf(file)),
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
