import { join } from "node:path";
import { Failure } from "../common/failure.ts";
import type { Guide, Run } from "../guide/guide.ts";
import { reloadGuide } from "../guide/load-guide.ts";
import { allVerified, type Reporter } from "../report/events.ts";
import { runAll } from "../run/run-all.ts";
import type { Session } from "../run/session.ts";
import { firstAffected, watchGuideFiles } from "../run/watch-files.ts";
import type { JudgedRun } from "../verify/judge.ts";

export interface WatchOptions {
  readonly guide: Guide;
  readonly clients: readonly string[];
  readonly session: Session;
  readonly reporter: Reporter;
  readonly write: (text: string) => void;
  /** Where Enter is read: it runs everything again. */
  readonly input: NodeJS.ReadableStream;
  readonly signal: AbortSignal;
}

/**
 * Runs the guide, and runs it again from the first touched step whenever a file is saved. Shows
 * just what changed in the outcome. Ends with the signal.
 */
export async function watchGuide(choice: WatchOptions): Promise<void> {
  const { guide, clients, session, reporter, write, signal } = choice;
  const shown = new Map<Run, string>();
  /** The databases are where they are before the run with this index. */
  let position = 0;

  /** Runs from one index to the end, and then prepares the databases for the same change again. */
  async function runFrom(first: number): Promise<void> {
    const started = performance.now();
    await reloadGuide(guide); // what a run by itself would refuse is not verified here, either
    await session.recompile();
    if (first !== position) await prepare(first);
    const judged = await execute(guide.runs.slice(first));
    if (signal.aborted) return;
    report(judged, Math.round(performance.now() - started));
    await prepare(first);
  }

  async function prepare(index: number): Promise<void> {
    await session.reset();
    position = 0;
    await execute(guide.runs.slice(0, index));
    position = index;
  }

  async function execute(runs: readonly Run[]): Promise<readonly JudgedRun[]> {
    position = -1;
    return runAll({ guide, runs, clients, session });
  }

  function report(judged: readonly JudgedRun[], duration: number): void {
    const changed = judged.filter((run) => shown.get(run.run) !== signatureOf(run));
    for (const run of judged) shown.set(run.run, signatureOf(run));
    for (const run of changed) reporter.run(run);
    write(`${summaryOf(shown, clients.length, changed.length)}, in ${duration} ms. ${watchKeys}\n`);
  }

  reporter.start({ guide, server: session.server.label, clients });
  await eachChange(choice, async (first) => {
    try {
      await runFrom(first);
    } catch (error) {
      // A step that does not compile yet: say so, and wait for the next save.
      if (!(error instanceof Failure) || error.kind !== "layout") throw error;
      position = -1;
      write(`${error.message}\n`);
    }
  });
}

const watchKeys = "Enter runs everything again; Ctrl-C ends.";

function summaryOf(shown: ReadonlyMap<Run, string>, clients: number, changed: number): string {
  const isGood = [...shown.values()].every((signature) => signature.startsWith("match"));
  const documented = [...shown.keys()].filter(({ isSetup }) => !isSetup);
  const state = isGood ? allVerified(documented.length, clients) : "Not verified";
  return `${state}; ${changed === 0 ? "nothing changed" : `${changed} changed`}`;
}

/** Two runs with the same signature look the same to the reader. */
function signatureOf({ verdict, clients }: JudgedRun): string {
  const details = clients.map(({ outcome, diff }) => {
    if (outcome.kind === "finished") return diff;
    return outcome.kind === "failed" ? [outcome.reason, outcome.stderr] : outcome.because;
  });
  return `${verdict} ${JSON.stringify(details)}`;
}

/** Calls `run` once at the beginning, and once for all changes that came while it was running. */
async function eachChange(
  { guide, clients, input, signal }: WatchOptions,
  run: (first: number) => Promise<void>,
): Promise<void> {
  let next: number | undefined = 0;
  let wake = () => {};
  const request = (first: number) => {
    next = Math.min(first, next ?? first);
    wake();
  };

  const close = watchGuideFiles(guide, clients, (file) => {
    const isManifest = file === join(guide.directory, "steps", "guide.json");
    const first = isManifest ? 0 : firstAffected(guide, clients, file);
    if (first !== undefined) request(first);
  });
  const onLine = () => request(0);
  input.on("data", onLine);
  signal.addEventListener("abort", () => wake());

  try {
    while (!signal.aborted) {
      const first: number | undefined = next;
      next = undefined;
      if (first !== undefined) await run(first);
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    input.off("data", onLine);
    input.pause();
    await close();
  }
}
