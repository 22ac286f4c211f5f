import { Failure } from "../../runner/common/failure.ts";
import type { Session } from "../../runner/run/session.ts";
import { openStepper, Stopped } from "../../runner/run/stepper.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import type { Refusal } from "./access.ts";
import { isFresh, type LiveState } from "./live-state.ts";
import type { Action } from "./questions.ts";
import { describeRun, type Results, summaryOf } from "./run-result.ts";

/** Does what the pages ask for, one action at a time, and shows it in the state. */
export type Controller = ReturnType<typeof openController>;

export interface ControllerParts extends Results {
  readonly session: Session;
  readonly state: LiveState;
  /** Called with an error that the page can't show. */
  readonly onFailure: (error: unknown) => void;
}

const busy: Refusal = { status: 409, reason: "A step is running. Stop it, or wait." };

/** Does a part of the work. @returns what to say at its end */
type Task = (signal: AbortSignal) => Promise<string>;

export function openController(parts: ControllerParts) {
  const { guide, clients, state, onFailure } = parts;
  const names = clients.map(({ name }) => name);
  const stepper = openStepper(guide, names, parts.session);
  const position = () => stepper.judged.length;
  let stop: AbortController | undefined;
  /** Why nothing may run. */
  let obstacle: string | undefined;
  /** The first run that depends on files that were saved while something was running, and when they were. */
  let savedMeanwhile: { readonly from: number; readonly at: number } | undefined;
  let work = Promise.resolve();
  /** The last run that was asked for and not reached: what runs after a save goes on to it. */
  let unreached = -1;
  /** What the page says of a run that could not begin. */
  let failure = "";
  /** When the last work began: milliseconds since 1970. */
  let begun = 0;

  /**
   * @param run shows why the work could not begin
   * @param last the run to which it goes
   */
  function begin(run: number, last: number, task: Task): undefined {
    unreached = -1;
    begun = Date.now();
    stop = new AbortController();
    state.setStatus({ isBusy: true, message: "" });
    const { signal } = stop;
    work = work
      .then(() => task(signal))
      .catch((error) => explain(error, run, last))
      .then((end) => {
        stop = undefined;
        const message = obstacle ?? end;
        const change = message ? { message } : {}; // keeps what was said of a save meanwhile
        state.setStatus({ isBusy: false, position: position(), ...change });
        if (savedMeanwhile) saved(savedMeanwhile.from, savedMeanwhile.at);
      });
    work.catch(onFailure);
  }

  /** Shows on the page what the reader can fix. @throws any other error */
  function explain(error: unknown, run: number, last: number): string {
    unreached = last;
    if (error instanceof Failure) {
      state.block(run, error.message);
      failure = error.message;
      return error.message;
    }
    if (!(error instanceof Stopped)) throw error;
    state.clearRunning();
    return "Stopped.";
  }

  /**
   * What this run and later ones depend on has changed.
   * @param at when, in milliseconds since 1970. What failed after it has seen the change
   */
  function changed(from: number, at = Date.now()): void {
    const { from: before = from, at: earlier = at } = savedMeanwhile ?? {};
    savedMeanwhile = stop && { from: Math.min(from, before), at: Math.max(at, earlier) };
    state.setStale(from, at >= begun);
    if (!stop && at >= begun && failure && state.status.message === failure)
      state.setStatus({ message: "" });
  }

  /** Files were saved on which this run and later ones depend. */
  function saved(from: number, at?: number): void {
    changed(from, at);
    const last = Math.max(lastDone(), unreached);
    if (stop || obstacle || !state.status.runOnSave || from > last) return;
    const first = firstToRun();
    begin(first, last, (signal) => runTo(last, first, signal));
  }

  /** The first run that the databases have not been through, from its beginning to its end, with the files as they are now. */
  function firstToRun(): number {
    const isUndone = ({ run, verdict }: JudgedRun) =>
      verdict === "error" || verdict === "skipped" || !isFresh(state.runState(run.index));
    const undone = stepper.judged.findIndex(isUndone);
    return undone < 0 ? position() : undone;
  }

  /** The last run that the pages show as done, whatever the databases are like. */
  function lastDone(): number {
    let last = position() - 1;
    while (state.runState(last + 1)?.kind === "done") last++;
    return last;
  }

  async function goTo(index: number, signal: AbortSignal): Promise<string> {
    const first = await stepper.goTo(index, signal, (kept) => {
      state.clear(kept);
      if (kept < index) state.setStatus({ message: "Running the steps before it again …" });
    });
    for (const judged of stepper.judged.slice(first)) show(judged);
    state.clear(index);
    state.setStatus({ position: position(), message: "" });
    return "";
  }

  async function goBack(index: number, signal: AbortSignal): Promise<string> {
    await goTo(index, signal);
    const name = guide.runs[index]?.name;
    return name === undefined ? "" : `The databases are as they were before ${name}.`;
  }

  /** Runs from the first run to the last one, or to one that does not match. */
  async function runTo(last: number, first: number, signal: AbortSignal): Promise<string> {
    await goTo(first, signal);
    for (let index = first; index <= last; index++) {
      const judged = await stepper.runNext(signal, () => {});
      show(judged);
      state.setStatus({ position: position() });
      if (judged.verdict !== "match" && index < last) {
        return `Stopped at ${judged.run.name}: ${judged.verdict}.`;
      }
    }
    return "";
  }

  async function runAll(first: number, signal: AbortSignal): Promise<string> {
    const started = performance.now();
    const stopped = await runTo(guide.runs.length - 1, first, signal);
    const fresh = stepper.judged.filter(({ run: { index } }) => {
      const shown = state.runState(index);
      return isFresh(shown) && shown?.kind === "done" && shown.versions.length === 0;
    });
    return `${stopped} ${summaryOf(parts, fresh, performance.now() - started)}`.trim();
  }

  function show(judged: JudgedRun): void {
    const { index, step } = judged.run;
    const before = stepper.judged.findLast(({ run }) => run.step === step && run.index < index);
    const isStale = index >= (savedMeanwhile?.from ?? guide.runs.length);
    state.setRun(index, { ...describeRun(parts, judged, before), isStale });
  }

  return {
    /** Resolves when nothing is running any more. Rejects if the controller failed. */
    get idle() {
      return work;
    },
    saved,
    changed,

    /**
     * Does something that needs the databases while nothing runs. What is to run meanwhile waits for it.
     * @param task gets how many runs the databases have been through
     */
    whileIdle<Result>(task: (position: number) => Promise<Result>): Promise<Result | Refusal> {
      if (stop) return Promise.resolve(busy);
      const done = work.then(() => task(position()));
      work = done.then(
        () => {},
        () => {},
      );
      return done;
    },

    /**
     * Stops or allows running.
     * @param reason why nothing may run; undefined if everything may
     * @returns whether that affects all runs
     */
    block(reason: string | undefined): boolean {
      if (!reason && !obstacle) return false;
      obstacle = reason;
      state.setStatus({ message: reason ?? "" });
      return true;
    },

    /** @returns undefined if the action was accepted */
    act(action: Action): Refusal | undefined {
      if (action.kind === "stop") return void stop?.abort();
      if (action.kind === "runOnSave") return void state.setStatus({ runOnSave: action.isOn });
      if (stop) return busy;
      if (obstacle) return { status: 409, reason: obstacle };
      const next = firstToRun();
      if (action.kind === "all") {
        const first = next < guide.runs.length ? next : 0;
        return begin(first, guide.runs.length - 1, (signal) => runAll(first, signal));
      }
      const { run } = action;
      return action.kind === "run"
        ? begin(run, run, (signal) => runTo(run, Math.min(run, next), signal))
        : begin(run, -1, (signal) => goBack(Math.min(run, position()), signal));
    },
  };
}
