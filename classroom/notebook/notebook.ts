import { setTimeout as sleep } from "node:timers/promises";
import { color } from "../../runner/common/color.ts";
import { openStepper } from "../../runner/run/stepper.ts";
import { type Action, actionFor, keyLine, runsBefore } from "./actions.ts";
import { openPager } from "./pager.ts";
import { type Choice, titleOf } from "./pages.ts";
import { type Notebook, sideText, turnTo } from "./reader.ts";
import { isDiffCut } from "./result.ts";
import { choose, goBack, runAll, runOne, stoppable } from "./running.ts";
import { browseTables } from "./tables.ts";

/** Keys that were pressed while the database started arrive by then, and are dropped. */
const EARLY_KEYS_MS = 100;

interface NotebookOptions
  extends Pick<Notebook, "guide" | "session" | "keys" | "screen" | "signal" | "tables"> {
  /** The first one is read until the reader chooses another one. */
  readonly choices: readonly [Choice, ...Choice[]];
}

/**
 * Shows the guide as a notebook in a terminal: a page for each run, and a key to go on. The guide's
 * title is on the screen already.
 * @returns each run as it was judged last, and the clients. The guide has more runs if the reader quit
 * @throws Failure of kind "layout" if, at the end, a file has changed since it ran
 */
export async function readGuide(options: NotebookOptions) {
  const { guide, session, screen, choices } = options;
  const [chosen] = choices;
  const notebook: Notebook = {
    ...options,
    pager: openPager(screen),
    chosen,
    stepper: openStepper(guide, chosen.clients, session),
    page: { kind: "introduction" },
  };
  turnTo(notebook, notebook.page);
  await sleep(EARLY_KEYS_MS);
  for (;;) {
    const key = await nextKey(notebook);
    const { page, pager } = notebook;
    const hasMore = pager.linesLeft > 0;
    const reading = { page, hasMore, runs: guide.runs.length, choices: choices.length };
    const action = actionFor(key, reading);
    if (action.kind === "quit") break;
    await perform(notebook, action);
  }
  const { judged } = notebook.stepper;
  const isWhole = judged.length === guide.runs.length;
  if (isWhole) await notebook.stepper.refuseStale();
  else screen.write(`Stopped after ${judged.length} of ${guide.runs.length} runs.\n`);
  return { judged, clients: notebook.chosen.clients };
}

async function nextKey(notebook: Notebook): Promise<string> {
  const { guide, page, pager, stepper, screen, keys, signal } = notebook;
  const last = stepper.judged.at(-1);
  const line = keyLine({
    page,
    linesLeft: pager.linesLeft,
    hasMoreDiff: last !== undefined && isDiffCut(last),
    last: guide.runs[runsBefore(page, guide.runs.length) - 1]?.name ?? "",
    width: screen.size().width,
  });
  screen.write(`${color.dim(line)} `);
  return keys.next(signal).finally(() => screen.write(screen.isPlain ? "\n" : "\r\x1b[K"));
}

async function perform(notebook: Notebook, action: Action): Promise<void> {
  const { pager, screen, guide } = notebook;
  switch (action.kind) {
    case "more":
      return pager.more();
    case "redraw":
      return pager.redraw();
    case "say":
      return screen.write(`${color.dim(action.text)}\n`);
    case "show":
      return pager.insert(await sideText(notebook, action));
    case "turn":
      if (action.to.kind === "introduction") screen.write(`${titleOf(guide)}\n`);
      return turnTo(notebook, action.to);
    case "tables": {
      const back = await browseTables(notebook);
      if (back === undefined) return;
      return stoppable(notebook, (stop) => goBack(notebook, back, stop));
    }
    case "choose":
      return choose(notebook, action.choice);
    case "back":
      return stoppable(notebook, (stop) => goBack(notebook, action.run, stop));
    case "run":
      return stoppable(notebook, (stop) => runOne(notebook, action, stop));
    case "runAll":
      return stoppable(notebook, (stop) => runAll(notebook, guide.runs.slice(action.from), stop));
    case "quit":
      return;
  }
}
