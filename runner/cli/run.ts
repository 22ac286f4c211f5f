import { once } from "node:events";
import { untilAborted } from "../common/abort.ts";
import { Failure } from "../common/failure.ts";
import { guideDirectory } from "../common/project.ts";
import { harmless } from "../common/visible.ts";
import { databaseUrl, missingInEnvFile } from "../connection/environment.ts";
import { psqlHint } from "../database/psql.ts";
import { describeUnavailable, type Unavailable } from "../guide/clients.ts";
import type { Guide } from "../guide/guide.ts";
import { loadGuide } from "../guide/load-guide.ts";
import { listRuns, type Selection, selectDrivers, selectRuns } from "../guide/select.ts";
import type { PageOptions } from "../page/page.ts";
import { type Reporter, type Summary, summarize } from "../report/events.ts";
import { openReporters, type ReporterOptions } from "../report/reporters.ts";
import { countedSession, differenceAtEnd } from "../run/counted-session.ts";
import { type Runs, readSources, refuseOtherSources, runAll } from "../run/run-all.ts";
import { selectClients } from "../run/select-clients.ts";
import type { Session, SessionOptions } from "../run/session.ts";
import { withSession } from "../run/with-session.ts";
import { isGood, type JudgedRun } from "../verify/judge.ts";
import { type Accept, acceptAll, acceptFiles, acceptMissing } from "../verify/update.ts";
import type { Context, GuideOptions } from "./program.ts";
import { writeGolden } from "./write-golden.ts";

/** How a guide is run. */
export interface RunOptions extends GuideOptions, PageOptions {
  /**
   * - list: only print the runs
   * - notebook: a reader turns the pages
   * - watch: until Ctrl-C, again whenever a file is saved
   * - once: from beginning to end
   */
  readonly mode: "list" | "notebook" | "watch" | "once";
  /** What asked for golden files to be written; undefined: none are. */
  readonly writes?: Writes | undefined;
  /** A step's name or number; undefined for the whole guide. */
  readonly step?: string;
  /** The golden files to write; for --accept. */
  readonly accept: readonly string[];
  /** Keep the databases until Enter. */
  readonly keep?: boolean;
  /** Stop all clients at the first run that does not match. */
  readonly bail?: boolean;
  /** Run the rest with a client of which a run failed. */
  readonly keepGoing?: boolean;
  /** The clients must change, insert, delete and read the same in their databases. */
  readonly effects?: boolean;
  readonly inPlace?: boolean;
  /** Never run on the embedded PostgreSQL. */
  readonly requireUrl?: boolean;
  /** Run nothing if a client of `--standalone`, or of a page, cannot run here. */
  readonly requireClients?: boolean;
  /** Empty for the default. */
  readonly reporter: readonly ReporterOptions[];
}

/** How several guides are run. */
export interface ManyOptions extends Omit<RunOptions, "guide"> {
  readonly mode: "list" | "once";
  /** Paths and globs. Empty for this project's own guide. */
  readonly guides: readonly string[];
  /** How many at once. Undefined: as many as there are processors. */
  readonly jobs?: number;
  readonly shard?: Shard;
  /** A commit: guides that did not change since are left out. */
  readonly onlyChanged?: string;
  /** The file of the known failures. */
  readonly baseline?: string;
}

/** Part 2 of 4. */
export interface Shard {
  readonly index: number;
  readonly total: number;
}

export type Writes = "--update" | "--review" | "--accept" | "new golden";

/** What needs a reader at a terminal. */
export interface Interactive {
  /** Lets the reader follow the guide. @returns the exit code */
  readNotebook(options: SessionOptions, context: Context): Promise<number>;
  /** Asks about each change to a golden file. */
  openReview(context: Context): Promise<{ accept: Accept; close: () => void }>;
}

/** `run-guide`: runs a guide in one of its modes. @returns the exit code */
export async function runCommand(
  options: RunOptions,
  context: Context,
  interactive: Interactive,
): Promise<number> {
  if (options.mode !== "once") return perform(options, context, interactive);
  const reports = await openReporters(options.reporter, context.print);
  try {
    return await perform(options, context, interactive, reports);
  } catch (error) {
    reports.fail(error);
    throw error;
  }
}

/** @param reporter of a run from beginning to end */
async function perform(
  options: RunOptions,
  context: Context,
  interactive: Interactive,
  reporter?: Reporter,
): Promise<number> {
  const { mode, step } = options;
  const guide = await loadGuide(guideDirectory(options.guide), options);
  if (options.requireUrl) refuseMissingUrl();
  if (mode === "list" && guide.page) {
    selectDrivers(guide, options.driver); // refuses one that is not there
    context.print(await listGuide(guide, step));
    return 0;
  }
  const prepare = (now: Guide) => prepareRun(now, options, context);
  const { unavailable, ...whole } = await prepare(guide);
  if (reporter) return runOnce(whole, unavailable, options, context, interactive, reporter);
  if (mode === "notebook") return interactive.readNotebook(whole, context);
  if (mode === "watch" && guide.page) {
    await (await import("./watch-page.ts")).watchPage(guide.page, prepare, context);
  } else if (mode === "watch") await (await import("./watch.ts")).watchGuide(whole, context);
  else context.print(await listGuide(guide, step));
  return 0;
}

/** Lists what a guide runs; of a page, what each block is. */
export async function listGuide(guide: Guide, step: string | undefined): Promise<string> {
  if (!guide.page) return harmless(listRuns(selectRuns(guide, step).report));
  const { listBlocks } = await import("../page/list-blocks.ts");
  return harmless(listBlocks(guide.page));
}

/** Picks the clients of a guide. @throws Failure of kind "usage" for what is not there */
export async function prepareRun(
  guide: Guide,
  {
    driver,
    standalone = false,
    timeout,
    requireClients,
  }: Omit<GuideOptions, "guide"> & Pick<RunOptions, "requireClients">,
  { note, signal }: Context,
): Promise<SessionOptions & { readonly unavailable: readonly Unavailable[] }> {
  if (requireClients && !standalone && !guide.page) {
    throw new Failure("usage", "--require-clients needs --standalone, or a page.");
  }
  const clients = await selectClients(guide, driver, standalone);
  if (requireClients && clients.unavailable.length > 0) {
    throw new Failure("usage", clients.unavailable.map(describeUnavailable).join(". "));
  }
  for (const text of guide.page?.leftOut ?? []) note(text);
  return { guide, ...clients, runs: guide.runs, timeout, inPlace: false, note, signal };
}

export function refuseMissingUrl(): void {
  if (databaseUrl() !== undefined) return;
  const problem = missingInEnvFile() ?? "DATABASE_URL is not set. Set it.";
  const choice = "Or leave out --require-url, to run on the embedded PostgreSQL.";
  throw new Failure("database", `${problem} ${choice}`);
}

async function runOnce(
  whole: SessionOptions,
  unavailable: readonly Unavailable[],
  options: RunOptions,
  context: Context,
  interactive: Interactive,
  reporter: Reporter,
): Promise<number> {
  const { guide, clients, standalone } = whole;
  const { step, writes, keep, keepGoing, bail = false, effects, inPlace = false } = options;
  const selection = selectRuns(guide, step);
  if (inPlace && (guide.page || standalone.length > 0)) {
    throw new Failure(
      "usage",
      "Pages and standalone scripts only run in scratch databases. Leave out --in-place.",
    );
  }
  refuseDisagreement(writes, guide, clients);
  const { accept, close } = await openAccept(options, context, interactive);
  const linger = keep ? (session: Session) => keepOpen(session, clients, context) : undefined;
  try {
    const how = { inPlace, bail, keepGoing, effects, accept };
    const choice = { ...whole, ...how, selection, unavailable, reporter, linger };
    return (await runGuide(choice)).verified ? 0 : 1;
  } finally {
    close();
  }
}

/** @throws Failure of kind "usage" where only some of the clients would decide what is written */
export function refuseDisagreement(
  writes: Writes | undefined,
  { drivers }: Guide,
  clients: readonly string[],
): void {
  if (!writes || drivers.every((name) => clients.includes(name))) return;
  throw new Failure("usage", `${writes} needs all clients to agree. Leave out --driver.`);
}

async function openAccept(
  { writes, accept: files }: RunOptions,
  context: Context,
  interactive: Interactive,
): Promise<{ accept: Accept | undefined; close: () => void }> {
  if (writes === "--review") return interactive.openReview(context);
  const ways = {
    "--update": acceptAll,
    "--accept": acceptFiles(files),
    "new golden": acceptMissing,
  };
  return { accept: writes && ways[writes], close: () => {} };
}

/** `--keep`: the databases stay until Enter, or until stdin ends. */
async function keepOpen(session: Session, clients: readonly string[], { note, signal }: Context) {
  for (const client of clients) {
    const { url, readersUrl = url } = await session.databaseOf(client);
    note(`${client}:  ${psqlHint(session.server.kind, readersUrl)}`);
  }
  note(
    session.server.clientsShare === "database"
      ? "Your database stays as it is now. Press Enter to go on."
      : "The databases are kept. Press Enter to drop them.",
  );
  const answered = ["data", "end"].map((name) => once(process.stdin, name));
  await Promise.race([...answered, untilAborted(signal)]);
  process.stdin.pause();
}

interface WholeRun extends Omit<SessionOptions, "runs">, Pick<Runs, "bail" | "effects"> {
  /** The runs that `--step` selects. */
  readonly selection: Selection;
  /** Clients that were wanted, and cannot run here. */
  readonly unavailable?: readonly Unavailable[];
  readonly reporter: Reporter;
  /** Undefined: no golden file is written. */
  readonly accept?: Accept | undefined;
  /** Called when all is done, while the databases still exist. */
  readonly linger?: ((session: Session) => Promise<void>) | undefined;
}

/**
 * Runs a guide from beginning to end.
 * @throws Failure if it could not begin or go on
 */
export async function runGuide(choice: WholeRun): Promise<Summary> {
  const started = performance.now() - process.uptime() * 1000;
  const { guide, clients, unavailable = [], standalone } = choice;
  const { selection, reporter, bail = false, effects, accept, signal } = choice;
  const sources = readSources(guide, selection.execute, standalone);

  const summary = await withSession({ ...choice, runs: selection.execute }, async (opened) => {
    const session = effects ? countedSession(opened) : opened;
    reporter.start({ guide, server: session.server.label, clients, unavailable });
    // A run that only prepares for the others is reported if it fails.
    const isReported = ({ run, verdict }: JudgedRun) =>
      !signal.aborted && (selection.report.has(run) || verdict !== "match");
    const onJudged = (run: JudgedRun) => {
      if (!accept && isReported(run)) reporter.run(run);
    };
    const runs = { guide, runs: selection.execute, clients, session, bail, effects, sources };
    const all = await runAll({ ...runs, onJudged });
    refuseOtherSources(runs);
    const isAlike = !effects && all.every(({ run, verdict }) => isGood(verdict) && !run.clients);
    const difference = isAlike ? await differenceAtEnd(session, clients) : "";
    const executed = all.filter(isReported);
    const judged =
      accept && !signal.aborted ? await writeGolden(executed, accept, runs, reporter) : executed;
    const duration = Math.round(performance.now() - started);
    const summary = {
      ...summarize(judged, clients, duration),
      ...(difference && { effects: difference }),
    };
    if (!signal.aborted) await choice.linger?.(session);
    return summary;
  });
  if (signal.aborted) throw new Failure("database", "The run was interrupted.");
  reporter.end({ summary });
  return summary;
}
