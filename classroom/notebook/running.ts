import { color } from "../../runner/common/color.ts";
import { Failure } from "../../runner/common/failure.ts";
import { visible } from "../../runner/common/visible.ts";
import type { Run } from "../../runner/guide/guide.ts";
import { describeReason } from "../../runner/guide/outcome.ts";
import { type OnDone, openStepper, Stopped } from "../../runner/run/stepper.ts";
import { isGood } from "../../runner/verify/judge.ts";
import { type Action, runOf } from "./actions.ts";
import { fileOf, headOf, titleOf } from "./pages.ts";
import { openProgressLine, type ProgressLine } from "./progress-line.ts";
import { type Notebook, turnTo, widthOf } from "./reader.ts";
import { resultPage } from "./result.ts";

/**
 * Does work that the reader can stop with `x`. If it fails in a way that the reader can repair, says
 * so: the reader stays on the page.
 */
export async function stoppable(
  notebook: Notebook,
  work: (stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const { keys, screen, signal } = notebook;
  const stop = new AbortController();
  const unlisten = keys.listen((key) => key === "x" && stop.abort());
  try {
    await work(stop.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Stopped || error instanceof Failure)) throw error;
    const key = notebook.page.kind === "step" ? "Enter" : "r";
    const text = error instanceof Stopped ? `Stopped. ${key} runs it again.` : error.message;
    screen.write(`\n${color.red("✗")} ${visible(text)}\n\n`);
  } finally {
    unlisten();
  }
}

/** Runs one step, and shows what it printed. */
export async function runOne(
  notebook: Notebook,
  { run: index, isAgain }: Extract<Action, { kind: "run" }>,
  stop: AbortSignal,
): Promise<void> {
  await goTo(notebook, index, stop);
  if (isAgain) notebook.screen.write(`${color.dim("Again, with the files as they are now.")}\n`);
  const { text } = await execute(notebook, stop);
  notebook.page = { kind: "result", run: index };
  notebook.pager.show(text, 3);
}

/** Runs without waiting, up to the first run that does not match the guide. */
export async function runAll(
  notebook: Notebook,
  runs: readonly Run[],
  stop: AbortSignal,
): Promise<void> {
  const { guide, screen, pager } = notebook;
  for (const run of runs) {
    notebook.page = { kind: "step", run: run.index };
    await goTo(notebook, run.index, stop);
    screen.write(`${headOf(guide, run)}\n\n`);
    const { judged, text } = await execute(notebook, stop);
    if (!isGood(judged.verdict)) {
      notebook.page = { kind: "result", run: run.index };
      return pager.show(text, 3);
    }
    screen.write(`${text}\n\n`);
  }
  turnTo(notebook, { kind: "end" });
}

/** Undoes a run, and shows its page. */
export async function goBack(notebook: Notebook, index: number, stop: AbortSignal): Promise<void> {
  await goTo(notebook, index, stop);
  turnTo(notebook, { kind: "step", run: index });
}

/** Shows and runs something else from now on, and shows the page again. */
export async function choose(notebook: Notebook, choice: number): Promise<void> {
  const { guide, session, screen, choices, stepper, page } = notebook;
  const chosen = choices[choice] ?? notebook.chosen;
  // The databases would be those of another client's steps.
  if (stepper.judged.length > 0) await session.rewind([], chosen.clients);
  notebook.chosen = chosen;
  notebook.stepper = openStepper(guide, chosen.clients, session);
  if (page.kind === "introduction") {
    screen.write(`${titleOf(guide)}\n`);
    return turnTo(notebook, page);
  }
  screen.write(`${color.dim(`You read and run ${chosen.title} now.`)}\n\n`);
  turnTo(notebook, { kind: "step", run: runOf(page, guide.runs.length) });
}

/** Makes the databases ready for a run. Running others again takes a moment, so the reader is told. */
async function goTo(
  { stepper, screen, chosen }: Notebook,
  index: number,
  stop: AbortSignal,
): Promise<void> {
  let progress: ProgressLine | undefined;
  const onRewind = (kept: number) => {
    const left = index - kept;
    const runs = left === 1 ? "the run before it runs" : `the ${left} runs before it run`;
    const replay = left === 0 ? "" : `; ${runs} again`;
    const state =
      kept === 0
        ? "New, empty databases with the same names"
        : `The databases are as they were after ${kept === 1 ? "the first run" : `${kept} runs`}`;
    screen.write(`${color.dim(`${state}${replay}.`)}\n\n`);
    if (left > 0) progress = openProgressLine(chosen.clients, screen, left);
  };
  const onDone: OnDone = (client, outcome) => progress?.done(client, outcome);
  const going = stepper.goTo(index, stop, onRewind, onDone);
  const first = await going.finally(() => progress?.close());
  const bad = stepper.judged.slice(first).find(({ verdict }) => !isGood(verdict));
  if (bad) {
    const failed = bad.clients.find(({ outcome }) => outcome.kind === "failed");
    const why =
      failed?.outcome.kind === "failed"
        ? `${failed.client} ${describeReason(failed.outcome)}`
        : bad.verdict;
    screen.write(`${color.red("✗")} ${bad.run.name} doesn't match the guide now: ${why}.\n`);
  }
}

/** Executes the next run. @returns the run, and what the reader sees of it */
async function execute(notebook: Notebook, stop: AbortSignal) {
  const { guide, chosen, screen, stepper, signal } = notebook;
  const progress = openProgressLine(chosen.clients, screen);
  const judged = await stepper.runNext(stop, progress.done).finally(progress.close);
  signal.throwIfAborted();
  screen.write("\n");
  const { step, index } = judged.run;
  const before = stepper.judged.findLast(({ run }) => run.step === step && run.index < index);
  const scriptOf = (run: Run) => fileOf(run.step, chosen.scripts[0]);
  return { judged, text: resultPage(guide, judged, before, scriptOf, widthOf(screen)) };
}
