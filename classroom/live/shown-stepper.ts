import { visible } from "../../runner/common/visible.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { Session } from "../../runner/run/session.ts";
import { openStepper, type Stepper } from "../../runner/run/stepper.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import type { Observer } from "./database/observer.ts";
import { follow } from "./follow.ts";
import { isFresh, type RunBoard } from "./run-board.ts";
import { OUTPUT_SHOWN, showRun } from "./show-run.ts";
import type { LiveClient } from "./sight.ts";
import { sumOf } from "./sum.ts";

/** The stepper, with all that happens on it shown on the board. Each task gives what to say at its end. */
export interface ShownStepper {
  /** How many runs the databases have behind them. */
  readonly position: number;
  /** The first run that the databases do not have behind them as its files are now. */
  readonly next: number;
  /** The last run that is shown as done, whatever became of the databases. */
  readonly reached: number;
  /** Goes to the first run, and on to the last, or to one that is not as documented. */
  runTo(last: number, first: number, signal: AbortSignal): Promise<string>;
  /** Likewise up to the guide's end. */
  runAll(first: number, signal: AbortSignal): Promise<string>;
  goTo(index: number, signal: AbortSignal): Promise<string>;
}

export interface StepperParts {
  readonly guide: Guide;
  readonly clients: readonly LiveClient[];
  readonly session: Session;
  readonly observer: Observer;
  readonly board: RunBoard;
}

/** @param isTouched whether a run's files were saved since it was begun */
export function openShownStepper(
  parts: StepperParts,
  isTouched: (index: number) => boolean,
): ShownStepper {
  const { guide, clients, session, observer, board } = parts;
  const names = clients.map(({ name }) => name);
  const stepper = openStepper(guide, names, followed(session, observer, board));

  async function goTo(index: number, signal: AbortSignal): Promise<string> {
    const isReplayed = await stepper.goTo(index, signal, () => {
      board.clear(0);
      if (index > 0) board.say({ message: "New databases: what comes before it runs again …" });
    });
    if (isReplayed) for (const judged of stepper.judged) show(judged);
    board.clear(index);
    board.say({ position: stepper.judged.length, message: "" });
    return "";
  }

  async function runTo(last: number, first: number, signal: AbortSignal): Promise<string> {
    await goTo(first, signal);
    for (let index = first; index <= last; index++) {
      const judged = await stepper.runNext(signal, () => {});
      show(judged);
      board.say({ position: stepper.judged.length });
      if (judged.verdict !== "match" && index < last) {
        return `Stopped at ${judged.run.name}: ${judged.verdict}.`;
      }
    }
    return "";
  }

  function show(judged: JudgedRun): void {
    const { index, step } = judged.run;
    const before = stepper.judged.findLast(({ run }) => run.step === step && run.index < index);
    board.set(index, { ...showRun(parts, judged, before), isStale: isTouched(index) });
  }

  return {
    get position() {
      return stepper.judged.length;
    },
    get next() {
      const stale = stepper.judged.findIndex(({ run }) => !isFresh(board.stateOf(run.index)));
      return stale < 0 ? stepper.judged.length : stale;
    },
    get reached() {
      return lastShown(stepper, board);
    },
    goTo,
    runTo,

    async runAll(first, signal) {
      const started = performance.now();
      const stopped = await runTo(guide.runs.length - 1, first, signal);
      const fresh = stepper.judged.filter(({ run }) => isFresh(board.stateOf(run.index)));
      const sum = sumOf(parts, fresh, performance.now() - started);
      return `${stopped} ${sum}`.trim();
    },
  };
}

function lastShown({ judged }: Stepper, board: RunBoard): number {
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
      const onStart = (file: string, firstByte: number) => {
        const onText = (text: string) => board.printed(run, client, visible(text));
        finish = follow(file, firstByte, OUTPUT_SHOWN, onText);
      };
      const work = () => session.execute(run, client, stop, onStart).finally(() => finish());
      return observer.observe(run, client, work);
    },
  };
}
