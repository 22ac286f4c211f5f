import type {
  Document,
  DriverCommand,
  DriverSource,
  RunPart,
  StepPart,
} from "../document/document.ts";
import {
  connectionSummary,
  sharedSummary,
  sharedText,
  sourceSummary,
  sourceText,
} from "../document/words.ts";
import { codeFigure } from "./blocks.ts";
import type { Highlighter } from "./code-colors.ts";
import { type Html, html } from "./markup.ts";
import type { Prose } from "./rich-text.ts";

/** Makes the blocks that say something else for each driver. `page/drivers.js` makes them tabs. */
export interface DriverBlocks {
  /** How each driver connects. */
  connection(document: Document): Html;
  /** How to run a step, and what the driver does for its calls. */
  step(step: StepPart): Html;
  /** How to run a step again. */
  commands(run: RunPart): Html;
  /** What the calls of a step do with every driver. */
  shared(step: StepPart): Html | undefined;
}

export function makeDriverBlocks(highlighter: Highlighter, prose: Prose): DriverBlocks {
  const command = (text: string) => codeFigure(highlighter, text, "sh");

  function source(driverSource: DriverSource): Html {
    const { file, code } = driverSource;
    const whole = driverSource.isWhole ? prose.block(sourceText(driverSource)) : undefined;
    return html`${whole}${codeFigure(highlighter, code, "ts", file)}`;
  }

  return {
    connection({ connection }) {
      const panels = connection.map((one) => ({
        ...one,
        content: html`<p>${connectionSummary(one)}:</p>${source(one)}`,
      }));
      return group("connect", panels);
    },

    step({ id, commands, sources }) {
      const panels = commands.map((one) => {
        const own = sources.find(({ driver }) => driver.name === one.driver.name);
        const details =
          own &&
          html`<details open><summary>${sourceSummary(own)}</summary>${source(own)}</details>`;
        return { ...one, content: html`${details}${command(one.command)}` };
      });
      return group(id, panels);
    },

    commands({ id, commands }) {
      const panels = commands.map((one) => ({ ...one, content: command(one.command) }));
      return group(id, panels);
    },

    shared(step) {
      if (!step.shared) return undefined;
      const { file, code } = step.shared;
      const summary = prose.line(sharedSummary(step));
      return html`<details><summary>${summary}</summary>${prose.block(sharedText)}${codeFigure(highlighter, code, "ts", file)}</details>
`;
    },
  };
}

interface Panel extends Pick<DriverCommand, "driver"> {
  readonly content: Html;
}

function group(id: string, panels: readonly Panel[]): Html {
  const divisions = panels.map(
    ({ driver, content }) =>
      html`<div class="driver" id="${id}.${driver.name}" data-driver="${driver.name}"><p class="driver-name">${driver.title}</p>
${content}</div>
`,
  );
  return html`<div class="drivers">
${divisions}</div>
`;
}
