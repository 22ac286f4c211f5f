import { color } from "../../runner/common/color.ts";
import type { Guide, Step } from "../../runner/guide/guide.ts";
import type { Session } from "../../runner/run/session.ts";
import type { Stepper } from "../../runner/run/stepper.ts";
import type { Keys } from "../common/keys.ts";
import type { Screen } from "../common/screen.ts";
import { type Action, keyTable, type Page } from "./actions.ts";
import type { Pager } from "./pager.ts";
import {
  type Choice,
  connectionHelp,
  endPage,
  introductionPage,
  scriptsPage,
  stepPage,
  wholeIntroduction,
} from "./pages.ts";
import { diffPage } from "./result.ts";
import type { TableLog } from "./table-log.ts";

/** A notebook that is being read: the page that the reader sees, and what has run. */
export interface Notebook {
  readonly guide: Guide;
  readonly session: Session;
  readonly keys: Keys;
  readonly screen: Screen;
  readonly pager: Pager;
  readonly signal: AbortSignal;
  readonly choices: readonly Choice[];
  /** What the runs changed in the tables. */
  readonly tables: Pick<TableLog, "changes">;
  chosen: Choice;
  /** Runs what is chosen. */
  stepper: Stepper;
  page: Page;
}

/** Longer lines of prose are hard to read. */
const MAX_WIDTH = 100;

export function widthOf(screen: Screen): number {
  return Math.min(screen.size().width, MAX_WIDTH);
}

/** Shows a page of the guide. */
export function turnTo(notebook: Notebook, page: Page): void {
  notebook.page = page;
  // The guide's title is above the first page.
  notebook.pager.show(pageText(notebook, page), page.kind === "introduction" ? 1 : 0);
}

function pageText({ guide, session, screen, choices, chosen }: Notebook, page: Page): string {
  const width = widthOf(screen);
  switch (page.kind) {
    case "introduction": {
      const { label } = session.server;
      const server = color.dim(`${label} · clients: ${chosen.clients.join(", ")}`);
      return [server, introductionPage(guide, choices, chosen, width)].filter(Boolean).join("\n\n");
    }
    case "step":
    case "result": {
      const run = guide.runs[page.run];
      return run ? stepPage(guide, run, chosen, width) : "";
    }
    case "end":
      return endPage(guide, width);
  }
}

/** The text that a key shows in addition to the guide's own pages. */
export async function sideText(
  notebook: Notebook,
  action: Extract<Action, { kind: "show" }>,
): Promise<string> {
  const { guide, stepper, screen, choices } = notebook;
  const width = widthOf(screen);
  const last = stepper.judged.at(-1);
  switch (action.what) {
    case "code": {
      const step = guide.runs[action.run]?.step;
      return step ? scriptsPage(guide, step, width) : "";
    }
    case "diff":
      return last ? diffPage(last, width) : "Nothing has run yet.";
    case "introduction":
      return wholeIntroduction(guide, width);
    case "keys":
      return [keyTable(choices.length, width), ...(await connections(notebook, width))].join(
        "\n\n",
      );
  }
}

/** How to connect to each client's database. */
function connections(notebook: Notebook, width: number): Promise<string[]> {
  const { guide, session, chosen } = notebook;
  return Promise.all(
    chosen.clients.map(async (name) => {
      const database = await session.databaseOf(name);
      const scripts = chosen.scripts.find((client) => client.name === name);
      const step = stepToRun(notebook);
      return connectionHelp(guide, session.server, { name, database, scripts }, step, width);
    }),
  );
}

/** The guide's last step, which shows what the others did. Before its first run there is no table. */
function stepToRun({ guide, stepper }: Notebook): Step | undefined {
  const step = guide.runs.at(-1)?.step;
  return stepper.judged.some(({ run }) => run.step === step) ? step : undefined;
}
