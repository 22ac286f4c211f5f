import { Failure } from "../failure.ts";
import type { Guide } from "../guide/guide.ts";
import { visible } from "../report/visible.ts";
import type { Session } from "../session/session.ts";
import { openTrack, Stopped, type Track } from "../session/track.ts";
import type { JudgedRun } from "../verify/judged-run.ts";
import type { Observer } from "./database/observer.ts";
import { follow } from "./follow.ts";
import type { Refusal } from "./guard.ts";
import type { Action } from "./messages.ts";
import type { RunBoard } from "./run-board.ts";
import { OUTPUT_SHOWN, showRun } from "./show-run.ts";
import type { LiveClient } from "./sight.ts";
import { sumOf } from "./sum.ts";

/** Does what the readers ask for, one thing at a time, and shows it on the board. */
export interface Controller {
  /** @returns undefined where it was taken on */
  act(action: Action): Refusal | undefined;
  /** A file was saved that the runs from this one on depend on. */
  saved(from: number): void;
  /** It cannot go on. */
  readonly fail: (error: unknown) => void;
  /** Resolves when nothing is running any more; rejects where it cannot go on. */
  readonly idle: Promise<void>;
}

export interface ControllerParts {
  readonly guide: Guide;
  readonly clients: readonly LiveClient[];
  readonly session: Session;
  readonly observer: Observer;
  readonly board: RunBoard;
  /** What cannot be told on the page. */
  readonly onFailure: (error: unknown) => void;
}

export function openController(parts: ControllerParts): Controller {
  const { guide, clients, session, observer, board, onFailure } = parts;
  const names = clients.map(({ name }) => name);
  const track = openTrack(guide, names, followed(session, observer, board));
  let stop: AbortController | undefined;
  let work = Promise.resolve();
  /** The first run that was touched while something was running. */
  let touched: number | undefined;

  /**
   * @param run the one that was asked for, where it is said what went wrong
   * @param task gives what there is to say at its end
   */
  function begin(run: number, task: (signal: AbortSignal) => Promise<string>): void {
    stop = new AbortController();
    board.say({ isBusy: true, message: "" });
    work = task(stop.signal)
      .catch((error) => explain(error, run, board))
      .then((message) => {
        stop = undefined;
        const said = message ? { message } : {}; // what was said of a save meanwhile stays
        board.say({ isBusy: false, position: track.judged.length, ...said });
        if (touched !== undefined) saved(touched);
      });
    work.catch(onFailure);
  }

  /** Runs one after the other, up to the first that is not as documented. */
  async function runTo(last: number, first: number, signal: AbortSignal): Promise<string> {
    await goTo(first, signal);
    for (let index = first; index <= last; index++) {
      const judged = await track.runNext(signal, () => {});
      show(judged);
      board.say({ position: track.judged.length });
      if (judged.verdict !== "match" && index < last) {
        return `Stopped at ${judged.run.name}: ${judged.verdict}.`;
      }
    }
    return "";
  }

  async function runAll(first: number, signal: AbortSignal): Promise<string> {
    const started = performance.now();
    const stopped = await runTo(guide.runs.length - 1, first, signal);
    const duration = performance.now() - started;
    const sum = sumOf({ guide, clients, observer }, track.judged, duration);
    return `${stopped} ${sum}`.trim();
  }

  async function goTo(index: number, signal: AbortSignal): Promise<string> {
    const isReplayed = await track.goTo(index, signal, () => {
      board.clear(0);
      if (index > 0) board.say({ message: "New databases: what comes before it runs again …" });
    });
    if (isReplayed) for (const judged of track.judged) show(judged);
    board.clear(index);
    board.say({ position: track.judged.length, message: "" });
    return "";
  }

  function show(judged: JudgedRun): void {
    const { index, step } = judged.run;
    const before = track.judged.findLast(({ run }) => run.step === step && run.index < index);
    board.set(index, showRun({ guide, clients, observer }, judged, before));
  }

  function saved(from: number): void {
    touched = stop ? Math.min(from, touched ?? from) : undefined;
    board.markStale(from);
    const reached = lastShown(track, board);
    if (stop || !board.status.runOnSave || from > reached) return;
    begin(from, (signal) => runTo(reached, from, signal));
  }

  return {
    get idle() {
      return work;
    },
    saved,
    fail: onFailure,

    act(action) {
      if (action.kind === "stop") return void stop?.abort();
      if (action.kind === "runOnSave") return void board.say({ runOnSave: action.isOn });
      if (stop) return { status: 409, reason: "Something is running: stop it, or wait." };
      const position = track.judged.length;
      switch (action.kind) {
        case "run":
          begin(action.run, (signal) => {
            return runTo(action.run, Math.min(action.run, position), signal);
          });
          return undefined;
        case "all": {
          const first = position < guide.runs.length ? position : 0;
          begin(first, (signal) => runAll(first, signal));
          return undefined;
        }
        case "back":
          begin(action.run, (signal) => goTo(Math.min(action.run, position), signal));
          return undefined;
      }
    },
  };
}

/** How far the guide was run, whatever became of the databases. */
function lastShown({ judged }: Track, board: RunBoard): number {
  let last = judged.length - 1;
  while (board.stateOf(last + 1)?.kind === "done") last++;
  return last;
}

/** The same session, whose runs are seen while they go on. */
function followed(session: Session, observer: Observer, board: RunBoard): Session {
  return {
    ...session,
    async execute(run, client, stop) {
      board.begin(run);
      let finish = () => {};
      const onStart = (file: string) => {
        const onText = (text: string) => board.printed(run, client, visible(text));
        finish = follow(file, OUTPUT_SHOWN, onText);
      };
      const work = () => session.execute(run, client, stop, onStart).finally(() => finish());
      return observer.observe(run, client, work);
    },
  };
}

/** What the reader can mend is said on the page. @throws whatever else it is */
function explain(error: unknown, run: number, board: RunBoard): string {
  if (error instanceof Failure) {
    const reason = visible(error.message);
    board.block(run, reason);
    return reason;
  }
  if (!(error instanceof Stopped)) throw error;
  board.clearRunning();
  return "Stopped.";
}
