import type { Guide } from "../../runner/guide/guide.ts";
import type { Session } from "../../runner/run/session.ts";
import { openTrack, type Track } from "../../runner/run/track.ts";
import { visible } from "../../runner/text/visible.ts";
import type { JudgedRun } from "../../runner/verify/judged-run.ts";
import type { Observer } from "./database/observer.ts";
import { follow } from "./follow.ts";
import { isFresh, type RunBoard } from "./run-board.ts";
import { OUTPUT_SHOWN, showRun } from "./show-run.ts";
import type { LiveClient } from "./sight.ts";
import { sumOf } from "./sum.ts";

/** The track, with all that happens on it shown on the board. Each task gives what to say at its end. */
export interface ShownTrack {
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

export interface TrackParts {
  readonly guide: Guide;
  readonly clients: readonly LiveClient[];
  readonly session: Session;
  readonly observer: Observer;
  readonly board: RunBoard;
}

/** @param isTouched whether a run's files were saved since it was begun */
export function openShownTrack(
  parts: TrackParts,
  isTouched: (index: number) => boolean,
): ShownTrack {
  const { guide, clients, session, observer, board } = parts;
  const names = clients.map(({ name }) => name);
  const track = openTrack(guide, names, followed(session, observer, board));

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

  function show(judged: JudgedRun): void {
    const { index, step } = judged.run;
    const before = track.judged.findLast(({ run }) => run.step === step && run.index < index);
    board.set(index, { ...showRun(parts, judged, before), isStale: isTouched(index) });
  }

  return {
    get position() {
      return track.judged.length;
    },
    get next() {
      const stale = track.judged.findIndex(({ run }) => !isFresh(board.stateOf(run.index)));
      return stale < 0 ? track.judged.length : stale;
    },
    get reached() {
      return lastShown(track, board);
    },
    goTo,
    runTo,

    async runAll(first, signal) {
      const started = performance.now();
      const stopped = await runTo(guide.runs.length - 1, first, signal);
      const fresh = track.judged.filter(({ run }) => isFresh(board.stateOf(run.index)));
      const sum = sumOf(parts, fresh, performance.now() - started);
      return `${stopped} ${sum}`.trim();
    },
  };
}

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
