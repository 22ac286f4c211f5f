import { EventEmitter, once } from "node:events";
import { join, relative } from "node:path";
import { Failure } from "../common/failure.ts";
import { realPath } from "../common/paths.ts";
import { statIfThere } from "../common/read-files.ts";
import { harmless } from "../common/visible.ts";
import type { Guide, Run } from "../guide/guide.ts";
import { reloadGuide } from "../guide/load-guide.ts";
import { describeReason } from "../guide/outcome.ts";
import { type Reporter, summarize, verifiedSentence, type Write } from "../report/events.ts";
import { openReporters } from "../report/reporters.ts";
import { refuseOtherSources, runAll } from "../run/run-all.ts";
import type { Session, SessionOptions } from "../run/session.ts";
import { type FileWatch, firstAffected, watchFiles } from "../run/watch-files.ts";
import { contentOfFiles } from "../snapshots/guide-files.ts";
import { withSnapshots } from "../snapshots/with-snapshots.ts";
import type { JudgedRun } from "../verify/judge.ts";
import type { Context } from "./program.ts";

/** Of each client: an idle Node.js takes some 40 MB. */
const MOST_EXPECTED = 2;

/** So long after a run, a change of a file may be the run's. */
const SETTLED_MS = 300;
/** A reader may save a file while it is run, and again. */
const MOST_IN_A_ROW = 3;

/**
 * `--watch`: runs the guide, and runs it again from the first affected step when a file is saved. Shows
 * only what changed. Ends with Ctrl-C.
 */
export function watchGuide(options: SessionOptions, context: Context): Promise<void> {
  return withSnapshots(options, (session) => watch(options, session, context));
}

async function watch(
  options: SessionOptions,
  session: Session,
  { print, signal }: Context,
): Promise<void> {
  const { guide, clients } = options;
  const reporter = await openReporters([], print);
  const show = showChanges(reporter, print);
  const written = openWrittenFiles(guide, print);
  let files: FileWatch | undefined;
  let imported: ReadonlySet<string> = new Set();
  /** The run that the databases are ready for. */
  let position = 0;
  /** The programs and files that have made the databases so. */
  let programs = "";
  /** From this run on, the last attempt has no verdicts: nothing is reported until they are there. */
  let unknown = 0;

  async function programsBefore(index: number): Promise<string> {
    const before = guide.runs.slice(0, index);
    const all = before.flatMap((run) => clients.map((client) => session.programOf(run, client)));
    return [contentOfFiles(options), ...(await Promise.all(all))].join();
  }

  /** What steps import. Packages are not expected to change. */
  function importedFiles(): Set<string> {
    const all = guide.runs.flatMap((run) =>
      clients.flatMap((client) => [...session.sourcesOf(run, client).keys()]),
    );
    return new Set(all.filter((file) => !/[\\/]node_modules[\\/]/.test(file)));
  }

  /** Runs from one index to the end, and then prepares the databases for the same change again. */
  async function runFrom(first: number): Promise<void> {
    const started = performance.now();
    await reloadGuide(guide); // what a single run would refuse is not verified here, either
    await session.recompile();
    imported = importedFiles();
    const isElsewhere = (file: string) => relative(guide.directory, file).startsWith("..");
    files?.add([...imported].filter((file) => isElsewhere(file) && statIfThere(file)?.isFile()));
    const isReady = first === position && programs === (await programsBefore(first));
    const before = isReady ? [] : await prepare(first);
    const judged = [...before, ...(await execute(guide.runs.slice(first)))];
    if (signal.aborted) return;
    show(guide, judged, clients, started);
    await prepare(first);
    await session.expect(guide.runs.slice(first, first + MOST_EXPECTED), clients);
  }

  /** @returns what was run again for it: something that is not watched may have changed */
  async function prepare(index: number): Promise<readonly JudgedRun[]> {
    position = -1;
    const kept = await session.rewind(guide.runs.slice(0, index), clients);
    const judged = await execute(guide.runs.slice(kept, index));
    position = index;
    programs = await programsBefore(index);
    return judged;
  }

  async function execute(runs: readonly Run[]): Promise<readonly JudgedRun[]> {
    position = -1;
    written.begin();
    const choice = { guide, runs, clients, session };
    const judged = await runAll(choice).finally(written.end);
    if (!signal.aborted) refuseOtherSources(choice);
    return judged;
  }

  reporter.start({ guide, server: session.server.label, clients, unavailable: [] });
  const open = (request: (first: number) => void) => {
    files = watchFiles([guide.directory], (file) => {
      const isManifest = file === join(guide.directory, "steps", "guide.json");
      const first = isManifest ? 0 : firstAffected(guide, clients, file);
      const isByRuns = () => !imported.has(realPath(file)) && written.isByRuns(file);
      if (first !== undefined && !isByRuns()) request(first);
    });
    return files;
  };
  await eachChange(open, { print, signal }, async (first) => {
    unknown = Math.min(first, unknown);
    await runFrom(unknown);
    unknown = guide.runs.length;
  });
}

/** Notes what the runs write: a step may write to a file of the guide. If that ran it again each time, it would never end. */
function openWrittenFiles(guide: Guide, print: Write) {
  /** When the last run ended, in milliseconds; later than any time while one runs. */
  let lastRun = 0;
  let runCount = 0;
  /** How many runs in a row changed a file, and the last of them. */
  const written = new Map<string, { readonly times: number; readonly run: number }>();
  return {
    begin(): void {
      lastRun = Number.POSITIVE_INFINITY;
      runCount++;
    },
    end(): void {
      lastRun = performance.now();
    },
    isByRuns(file: string): boolean {
      const name = relative(guide.directory, file);
      if (isByPeople(name, guide) || performance.now() > lastRun + SETTLED_MS) {
        written.delete(file);
        return false;
      }
      const { times, run } = written.get(file) ?? { times: 0, run: 0 };
      if (run === runCount) return times > MOST_IN_A_ROW;
      written.set(file, { times: times + 1, run: runCount });
      if (times < MOST_IN_A_ROW) return false;
      const advice = "While steps run, it is not watched: if you saved it, press Enter.";
      print(harmless(`${name} changes in each run. ${advice}\n`));
      return true;
    },
  };
}

/** True for what only people write. A standalone script works in its own folder. @param name from the guide */
function isByPeople(name: string, { steps }: Guide): boolean {
  const [folder = "", , script = ""] = name.split(/[\\/]/);
  if (folder !== "standalone") return ["steps", "expected", "drivers"].includes(folder);
  return steps.some((step) => step.name === script.split(".")[0]);
}

/**
 * Reports the runs that changed since the last time, and says in a line how the whole guide is now.
 * @returns is given what ran again, and when that began
 */
export function showChanges(reporter: Reporter, print: Write) {
  let shown = new Map<string, JudgedRun>();
  return (
    guide: Guide,
    judged: readonly JudgedRun[],
    clients: readonly string[],
    started: number,
  ): void => {
    // What does not look the same to the reader as before.
    const isNew = (one: JudgedRun) => signatureOf(one) !== signatureOf(shown.get(one.run.name));
    const changed = judged.filter((one) => isNew(one));
    for (const run of changed) reporter.run(run);
    const now = new Map([...shown, ...judged.map((one) => [one.run.name, one] as const)]);
    const all = guide.runs.flatMap(({ name }) => now.get(name) ?? []);
    shown = new Map(all.map((one) => [one.run.name, one]));
    const duration = Math.round(performance.now() - started);
    const reported = all.filter(({ run, verdict }) => !run.isSetup || verdict !== "match");
    const summary = summarize(reported, clients, duration);
    const state = summary.verified ? verifiedSentence(summary) : "Not verified";
    const count = changed.length === 0 ? "nothing changed" : `${changed.length} changed`;
    const keys = "Enter runs everything again; Ctrl-C ends.";
    print(harmless(`${state}; ${count}, in ${duration} ms. ${keys}\n`));
  };
}

function signatureOf(run: JudgedRun | undefined): string {
  if (!run) return "";
  const { verdict, clients } = run;
  const details = clients.map(({ outcome, diff }) => {
    if (outcome.kind === "finished") return diff.replace(/^--- .*/, ""); // its lines on a page may move
    return outcome.kind === "failed" ? [describeReason(outcome), outcome.stderr] : outcome.because;
  });
  return `${verdict} ${JSON.stringify(details)}`;
}

/**
 * Calls `run` at the beginning, and after each change; changes during a run are one change.
 * @param open watches files, and asks for the runs from an index on
 */
export async function eachChange(
  open: (request: (first: number) => void) => FileWatch,
  { print, signal }: Pick<Context, "print" | "signal">,
  run: (first: number) => Promise<void>,
): Promise<void> {
  const changes = new EventEmitter();
  let next: number | undefined = 0;
  const request = (first: number) => {
    next = Math.min(first, next ?? first);
    changes.emit("change");
  };
  const files = open(request);
  const onEnter = () => request(0);
  // A step that does not compile yet, or a server that is away: says so, and waits for the next save.
  const onFailure = (error: unknown) => {
    const isOver = signal.aborted || !(error instanceof Failure) || error.kind === "cleanup";
    if (isOver) throw error;
    print(harmless(`${error.message}\n`));
  };
  process.stdin.on("data", onEnter);

  try {
    await files.ready;
    while (!signal.aborted) {
      const first: number | undefined = next;
      next = undefined;
      if (first !== undefined) await run(first).catch(onFailure);
      else await once(changes, "change", { signal }).catch(() => {});
    }
  } finally {
    process.stdin.off("data", onEnter);
    process.stdin.pause();
    await files.close();
  }
}
