import { Failure } from "../../runner/common/failure.ts";
import { visible } from "../../runner/common/visible.ts";
import { Stopped } from "../../runner/run/stepper.ts";
import type { Refusal } from "./guard.ts";
import type { Action } from "./messages.ts";
import type { RunBoard } from "./run-board.ts";
import { openShownStepper, type ShownStepper, type StepperParts } from "./shown-stepper.ts";

/** Does what the readers ask for, one thing at a time, and shows it on the board. */
export interface Controller {
  /** @returns undefined where it was taken on */
  act(action: Action): Refusal | undefined;
  /** A file was saved that the runs from this one on depend on. */
  saved(from: number): void;
  /**
   * The guide's files were read again.
   * @param reason why what runs here is not the guide any more, and nothing may run
   * @returns whether all runs are touched by it
   */
  judge(reason: string | undefined): boolean;
  /** It cannot go on. */
  readonly fail: (error: unknown) => void;
  /** Resolves when nothing is running any more; rejects where it cannot go on. */
  readonly idle: Promise<void>;
}

export interface ControllerParts extends StepperParts {
  /** What cannot be told on the page. */
  readonly onFailure: (error: unknown) => void;
}

export function openController(parts: ControllerParts): Controller {
  const { guide, board, onFailure } = parts;
  /** The first run that was touched while something was running. */
  let touched: number | undefined;
  const stepper = openShownStepper(parts, (index) => index >= (touched ?? guide.runs.length));
  let stop: AbortController | undefined;
  /** Why nothing may run. */
  let obstacle: string | undefined;
  let work = Promise.resolve();

  /** @param run the one that was asked for, where it is said what went wrong */
  function begin(run: number, task: Task): void {
    stop = new AbortController();
    board.say({ isBusy: true, message: "" });
    work = task(stop.signal)
      .catch((error) => explain(error, run, board))
      .then((end) => {
        stop = undefined;
        const message = obstacle ?? end;
        const said = message ? { message } : {}; // what was said of a save meanwhile stays
        board.say({ isBusy: false, position: stepper.position, ...said });
        if (touched !== undefined) saved(touched);
      });
    work.catch(onFailure);
  }

  function saved(from: number): void {
    touched = stop ? Math.min(from, touched ?? from) : undefined;
    board.markStale(from);
    const { next, reached } = stepper;
    if (stop || obstacle || !board.status.runOnSave || from > reached) return;
    begin(next, (signal) => stepper.runTo(reached, next, signal));
  }

  return {
    get idle() {
      return work;
    },
    saved,
    judge(reason) {
      if (!reason && !obstacle) return false;
      obstacle = reason;
      board.say({ message: reason ?? "" });
      return true;
    },
    fail: onFailure,

    act(action) {
      if (action.kind === "stop") return void stop?.abort();
      if (action.kind === "runOnSave") return void board.say({ runOnSave: action.isOn });
      if (stop) return { status: 409, reason: "Something is running: stop it, or wait." };
      if (obstacle) return { status: 409, reason: obstacle };
      const [run, task] = taskOf(action, stepper, guide.runs.length);
      begin(run, task);
      return undefined;
    },
  };
}

/** Gives what there is to say at its end. */
type Task = (signal: AbortSignal) => Promise<string>;

/** @returns the run that is asked for, and what to do for it */
function taskOf(
  action: Exclude<Action, { kind: "stop" | "runOnSave" }>,
  stepper: ShownStepper,
  runs: number,
): [run: number, task: Task] {
  const { position, next } = stepper;
  switch (action.kind) {
    case "run": {
      const first = Math.min(action.run, next);
      return [action.run, (signal) => stepper.runTo(action.run, first, signal)];
    }
    case "all": {
      const first = next < runs ? next : 0;
      return [first, (signal) => stepper.runAll(first, signal)];
    }
    case "back":
      return [action.run, (signal) => stepper.goTo(Math.min(action.run, position), signal)];
  }
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
