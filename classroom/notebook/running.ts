import { color } from "../../runner/common/color.ts";
import { Failure } from "../../runner/common/failure.ts";
import { visible } from "../../runner/common/visible.ts";
import type { Run } from "../../runner/guide/guide.ts";
import { Stopped } from "../../runner/run/stepper.ts";
import { openLiveLine } from "./live.ts";
import type { Move } from "./moves.ts";
import { headOf } from "./page.ts";
import { type Notebook, turnTo, widthOf } from "./reader.ts";
import { resultOf } from "./result.ts";

/**
 * Does what takes its time, and can be stopped by `x`. What the reader can mend is said, and then a
 * key is asked for again, on the page where the reader is.
 */
export async function orSay(
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
    const key = notebook.place.kind === "step" ? "Enter" : "r";
    const text = error instanceof Stopped ? `Stopped. ${key} runs it again.` : error.message;
    screen.write(`\n${color.red("✗")} ${visible(text)}\n\n`);
  } finally {
    unlisten();
  }
}

/** Where this means to go back, says so: it takes a moment, and drops what psql may look at. */
export async function goTo(
  { stepper, screen }: Notebook,
  index: number,
  stop: AbortSignal,
): Promise<void> {
  const isReplayed = await stepper.goTo(index, stop, () => {
    const replay =
      index === 0 ? "" : `; ${index === 1 ? "one run is" : `${index} runs are`} made again`;
    screen.write(`${color.dim(`New, empty databases of the same names${replay}.`)}\n\n`);
  });
  const bad = isReplayed && stepper.judged.find(({ verdict }) => verdict !== "match");
  if (bad)
    screen.write(`${color.red("✗")} ${bad.run.name} is not as documented now: ${bad.verdict}.\n`);
}

export async function runOne(
  notebook: Notebook,
  { run: index, isAgain }: Extract<Move, { kind: "run" }>,
  stop: AbortSignal,
): Promise<void> {
  await goTo(notebook, index, stop);
  if (isAgain) notebook.screen.write(`${color.dim("Again, with the files as they are now.")}\n`);
  const { text } = await execute(notebook, stop);
  notebook.place = { kind: "result", run: index };
  notebook.pager.show(text, 3);
}

/** Without waiting, up to the first run that is not as documented. */
export async function runAll(
  notebook: Notebook,
  runs: readonly Run[],
  stop: AbortSignal,
): Promise<void> {
  const { guide, screen, pager } = notebook;
  for (const run of runs) {
    notebook.place = { kind: "step", run: run.index };
    await goTo(notebook, run.index, stop);
    screen.write(`${headOf(guide, run)}\n\n`);
    const { judged, text } = await execute(notebook, stop);
    if (judged.verdict !== "match") {
      notebook.place = { kind: "result", run: run.index };
      return pager.show(text, 3);
    }
    screen.write(`${text}\n\n`);
  }
  await turnTo(notebook, { kind: "end" });
}

/** Executes the next run; gives what the reader is shown of it. */
async function execute(notebook: Notebook, stop: AbortSignal) {
  const { guide, clients, screen, stepper, signal } = notebook;
  const live = openLiveLine(clients, screen);
  const judged = await stepper.runNext(stop, live.done).finally(live.close);
  signal.throwIfAborted();
  screen.write("\n");
  const { step, index } = judged.run;
  const before = stepper.judged.findLast(({ run }) => run.step === step && run.index < index);
  return { judged, text: resultOf(guide, judged, before, widthOf(screen)) };
}
