import pc from "picocolors";
import { Failure } from "../failure.ts";
import type { Guide, Run } from "../guide/guide.ts";
import { visible } from "../report/visible.ts";
import type { Session } from "../session/session.ts";
import { openTrack, Stopped, type Track } from "../session/track.ts";
import type { JudgedRun } from "../verify/judged-run.ts";
import { callsPage } from "./calls-page.ts";
import { connectingTo } from "./connecting.ts";
import { endingOf, introductionOf, titleOf, wholeIntroductionOf } from "./cover.ts";
import { highlight } from "./highlight.ts";
import { keyLine, keyTable } from "./key-help.ts";
import type { Keys } from "./keys.ts";
import { openLiveLine } from "./live.ts";
import { type Move, moveFor, type Place } from "./moves.ts";
import { headOf, pageOf } from "./page.ts";
import { openPager, type Pager } from "./pager.ts";
import { resultOf, wholeDiffOf } from "./result.ts";
import type { Screen } from "./screen.ts";

export interface NotebookChoice {
  readonly guide: Guide;
  readonly drivers: readonly string[];
  readonly session: Session;
  readonly keys: Keys;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** A notebook that is being read: where the reader is, and where the databases are. */
interface Notebook extends NotebookChoice {
  readonly pager: Pager;
  readonly track: Track;
  place: Place;
}

/** Wider lines of prose are hard to read. */
const WIDEST = 100;

/**
 * The guide as a notebook in a terminal: a page for each run, and a key to go on. Its title stands on
 * the screen already.
 * @returns the runs as they were judged last; fewer than the guide has where the reader quits
 */
export async function readNotebook(choice: NotebookChoice): Promise<readonly JudgedRun[]> {
  const { guide, drivers, session, screen } = choice;
  const notebook: Notebook = {
    ...choice,
    pager: openPager(screen),
    track: openTrack(guide, drivers, session),
    place: { kind: "cover" },
  };
  await turnTo(notebook, notebook.place);
  highlight("").catch(() => {}); // loads, while the reader reads
  for (;;) {
    const key = await askForKey(notebook);
    const { place, pager } = notebook;
    const reading = { place, hasMore: pager.linesLeft > 0, runs: guide.runs.length };
    const move = moveFor(key, reading);
    if (move.kind === "quit") break;
    await make(notebook, move);
  }
  const { judged } = notebook.track;
  const isWhole = judged.length === guide.runs.length;
  if (!isWhole) screen.write(`Stopped after ${judged.length} of ${guide.runs.length} runs.\n`);
  return judged;
}

async function askForKey({ place, pager, track, screen, keys, signal }: Notebook): Promise<string> {
  const hasDiff = track.judged.at(-1)?.verdict !== "match";
  const line = keyLine(place, pager.linesLeft, hasDiff, screen.size().width);
  screen.write(`${pc.dim(line)} `);
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
      return screen.write(`${pc.dim(move.text)}\n`);
    case "show":
      return pager.show(await sideOf(notebook, move));
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

/** Shows what stands beside the guide's own pages. The reader stays where he is. */
async function sideOf(
  { guide, drivers, session, track, screen }: Notebook,
  move: Extract<Move, { kind: "show" }>,
): Promise<string> {
  const width = widthOf(screen);
  const last = track.judged.at(-1);
  switch (move.what) {
    case "code": {
      const step = guide.runs[move.run]?.step;
      return step ? callsPage(guide, step) : "";
    }
    case "diff":
      return last ? wholeDiffOf(last) : "Nothing was run yet.";
    case "introduction":
      return wholeIntroductionOf(guide, width);
    case "keys": {
      const ways = drivers.map((driver) => connectingTo(driver, guide, session, width));
      return [keyTable(), ...(await Promise.all(ways))].join("\n\n");
    }
  }
}

async function turnTo(notebook: Notebook, place: Place): Promise<void> {
  notebook.place = place;
  notebook.pager.show(await textOf(notebook, place), place.kind === "cover" ? 1 : 0);
}

async function textOf(
  { guide, drivers, session, screen }: Notebook,
  place: Place,
): Promise<string> {
  const width = widthOf(screen);
  switch (place.kind) {
    case "cover": {
      const server = pc.dim(`${session.database.label} · drivers: ${drivers.join(", ")}`);
      const connecting = await connectingTo(drivers[0] ?? "", guide, session, width);
      return [server, introductionOf(guide, width), connecting].filter(Boolean).join("\n\n");
    }
    case "step":
    case "result": {
      const run = guide.runs[place.run];
      return run ? pageOf(guide, run, width) : "";
    }
    case "end": {
      const waiting =
        "The databases are still there, as the last step left them, until you press Enter.";
      return [endingOf(guide, width), waiting].filter(Boolean).join("\n\n");
    }
  }
}

/**
 * Does what takes its time, and can be stopped by `x`. What the reader can mend is said, and then a
 * key is asked for again, on the page where the reader is.
 */
async function orSay(
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
    screen.write(`\n${pc.red("✗")} ${visible(text)}\n\n`);
  } finally {
    unlisten();
  }
}

/** Where this means to go back, says so: it takes a moment, and drops what psql may look at. */
async function goTo({ track, screen }: Notebook, index: number, stop: AbortSignal): Promise<void> {
  const isReplayed = await track.goTo(index, stop, () => {
    const replay =
      index === 0 ? "" : `; ${index === 1 ? "one run is" : `${index} runs are`} made again`;
    screen.write(`${pc.dim(`New, empty databases of the same names${replay}.`)}\n`);
  });
  const bad = isReplayed && track.judged.find(({ verdict }) => verdict !== "match");
  if (bad)
    screen.write(`${pc.red("✗")} ${bad.run.name} is not as documented now: ${bad.verdict}.\n`);
}

async function runOne(
  notebook: Notebook,
  { run: index, isAgain }: Extract<Move, { kind: "run" }>,
  stop: AbortSignal,
): Promise<void> {
  await goTo(notebook, index, stop);
  if (isAgain) notebook.screen.write(`${pc.dim("Again, with the files as they are now.")}\n`);
  const { text } = await execute(notebook, stop);
  notebook.place = { kind: "result", run: index };
  notebook.pager.show(text, 3);
}

/** Without waiting, up to the first run that is not as documented. */
async function runAll(notebook: Notebook, runs: readonly Run[], stop: AbortSignal): Promise<void> {
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
  const { guide, drivers, screen, track, signal } = notebook;
  const live = openLiveLine(drivers, screen);
  const judged = await track.runNext(stop, live.done).finally(live.close);
  signal.throwIfAborted();
  screen.write("\n");
  const { step, index } = judged.run;
  const before = track.judged.findLast(({ run }) => run.step === step && run.index < index);
  return { judged, text: resultOf(guide, judged, before, widthOf(screen)) };
}

function widthOf(screen: Screen): number {
  return Math.min(screen.size().width, WIDEST);
}
