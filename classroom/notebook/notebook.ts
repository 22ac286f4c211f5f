import { color } from "../../runner/common/color.ts";
import { openStepper } from "../../runner/run/stepper.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import { titleOf } from "./cover.ts";
import { keyLine } from "./key-help.ts";
import { type Move, moveFor } from "./moves.ts";
import { openPager } from "./pager.ts";
import { type Notebook, type NotebookChoice, sideOf, turnTo } from "./reader.ts";
import { goTo, orSay, runAll, runOne } from "./running.ts";

/**
 * The guide as a notebook in a terminal: a page for each run, and a key to go on. Its title stands on
 * the screen already.
 * @returns the runs as they were judged last; fewer than the guide has where the reader quits
 * @throws Failure of kind "layout" where, at the end, what was judged does not hold any more
 */
export async function readNotebook(choice: NotebookChoice): Promise<readonly JudgedRun[]> {
  const { guide, clients, session, screen } = choice;
  const notebook: Notebook = {
    ...choice,
    pager: openPager(screen),
    stepper: openStepper(guide, clients, session),
    place: { kind: "cover" },
  };
  await turnTo(notebook, notebook.place);
  for (;;) {
    const key = await askForKey(notebook);
    const { place, pager } = notebook;
    const reading = { place, hasMore: pager.linesLeft > 0, runs: guide.runs.length };
    const move = moveFor(key, reading);
    if (move.kind === "quit") break;
    await make(notebook, move);
  }
  const { judged } = notebook.stepper;
  const isWhole = judged.length === guide.runs.length;
  if (isWhole) await notebook.stepper.refuseStale();
  else screen.write(`Stopped after ${judged.length} of ${guide.runs.length} runs.\n`);
  return judged;
}

async function askForKey({
  place,
  pager,
  stepper,
  screen,
  keys,
  signal,
}: Notebook): Promise<string> {
  const hasDiff = stepper.judged.at(-1)?.verdict !== "match";
  const line = keyLine(place, pager.linesLeft, hasDiff, screen.size().width);
  screen.write(`${color.dim(line)} `);
  return keys.next(signal).finally(() => screen.write(screen.isPlain ? "\n" : "\r\x1b[K"));
}

async function make(notebook: Notebook, move: Move): Promise<void> {
  const { pager, screen, guide } = notebook;
  switch (move.kind) {
    case "more":
      return pager.more();
    case "redraw":
      return pager.redraw();
    case "say":
      return screen.write(`${color.dim(move.text)}\n`);
    case "show":
      return pager.insert(await sideOf(notebook, move));
    case "turn":
      if (move.to.kind === "cover") screen.write(`${titleOf(guide)}\n`);
      return turnTo(notebook, move.to);
    case "back":
      return orSay(notebook, async (stop) => {
        await goTo(notebook, move.run, stop);
        await turnTo(notebook, { kind: "step", run: move.run });
      });
    case "run":
      return orSay(notebook, (stop) => runOne(notebook, move, stop));
    case "runAll":
      return orSay(notebook, (stop) => runAll(notebook, guide.runs.slice(move.from), stop));
    case "quit":
      return;
  }
}
