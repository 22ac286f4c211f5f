import { availableParallelism } from "node:os";
import type { Context } from "../cli/program.ts";
import { listGuide, type ManyOptions, refuseMissingUrl } from "../cli/run.ts";
import { isCi } from "../common/ci.ts";
import { Failure } from "../common/failure.ts";
import { harmless, oneLine } from "../common/visible.ts";
import { withSharedServer } from "../run/shared-server.ts";
import { noKnownFailures, openBaseline } from "./baseline.ts";
import { inShard, type ListedGuide, listGuides } from "./guide-list.ts";
import { openManyReports } from "./reports.ts";
import { type Beginning, exitCodeOf, type GuideResult } from "./result.ts";
import { loadListed, type RunListed, runListed, skipListed } from "./run-listed.ts";

/** Of a machine with more processors, the server would be the bottleneck. */
const DEFAULT_JOBS = 16;

/** `run-guide` with several guides: runs them on one server. @returns the exit code */
export async function manyCommand(options: ManyOptions, context: Context): Promise<number> {
  const { shard, onlyChanged, baseline, reporter } = options;
  const choosing = choose(options, context.signal);
  if (options.mode === "list") return listAll(await choosing, options, context);
  const isWhole = !shard && onlyChanged === undefined;
  choosing.catch(() => {}); // the reports say why
  const reports = await openManyReports(
    reporter,
    { shard, onlyChanged: onlyChanged !== undefined },
    context.print,
  );
  try {
    const guides = await choosing;
    if (options.requireUrl) refuseMissingUrl();
    const known = baseline
      ? openBaseline(baseline, { isCi: isCi(), isWhole, options: soughtBy(options) })
      : noKnownFailures;
    const how = { options, context, known };
    const results = await runAll(guides, how, reports.begin, reports.guide);
    const note = known.save(results.filter(isRunWhole).map(({ name }) => name));
    if (note !== undefined) context.note(note);
    reports.end(results);
    return exitCodeOf(results, isWhole);
  } catch (error) {
    reports.fail(error);
    throw error;
  }
}

/** The options that decide which failures are found. */
function soughtBy({ driver, standalone, strict, effects, install }: ManyOptions): string {
  const flags = Object.entries({ standalone, strict, effects, install });
  const set = flags.flatMap(([name, value]) => (value ? `--${name}` : []));
  return [...driver.map((name) => `--driver ${name}`).sort(), ...set].join(" ");
}

/** False where something was left out: what is in there may fail as before. */
function isRunWhole({ state, failure, summary }: GuideResult): boolean {
  return failure === null && state !== "skipped" && summary.verdicts.skipped === 0;
}

async function choose(
  { guides, shard, onlyChanged }: ManyOptions,
  signal: AbortSignal,
): Promise<readonly ListedGuide[]> {
  const all = await listGuides(guides, signal);
  const own = shard ? inShard(all, shard) : all;
  if (onlyChanged === undefined) return own;
  return (await import("./changed-guides.ts")).changedGuides(own, onlyChanged);
}

/** @returns the exit code: 2 if one cannot be read */
async function listAll(
  guides: readonly ListedGuide[],
  options: ManyOptions,
  { print }: Context,
): Promise<number> {
  let code = 0;
  for (const { name, path } of guides) {
    print(harmless(`${oneLine(name)}\n`));
    try {
      print(await listGuide(await loadListed(path, options), undefined));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      print(harmless(`${error.message}\n`));
      code = 2;
    }
  }
  return code;
}

async function runAll(
  guides: readonly ListedGuide[],
  how: Omit<RunListed, "host">,
  begin: (event: Beginning) => void,
  report: (listed: ListedGuide) => Parameters<typeof runListed>[2],
): Promise<readonly GuideResult[]> {
  const { options, context } = how;
  const jobs = Math.min(
    options.jobs ?? Math.min(availableParallelism(), DEFAULT_JOBS),
    guides.length,
  );
  if (guides.length === 0) {
    begin({ server: "no server", guides: 0, jobs });
    return [];
  }
  return withSharedServer(context, async (server, share) => {
    const results: GuideResult[] = [];
    const runOne = async (listed: ListedGuide) => {
      const isOver = options.bail && results.some(({ exitCode }) => exitCode !== 0);
      const reporter = report(listed);
      if (isOver) results.push(skipListed(listed, reporter));
      else results.push(await runListed(listed, { ...how, host: share() }, reporter));
    };
    begin({ server, guides: guides.length, jobs });
    await inParallel(guides, jobs, runOne);
    return results;
  });
}

/** Does a piece of work for each, so many at once. After the first error, none begins. */
async function inParallel<Item>(
  items: readonly Item[],
  jobs: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const errors: unknown[] = [];
  const worker = async () => {
    for (let item = waiting.shift(); item && errors.length === 0; item = waiting.shift()) {
      await work(item).catch((error) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  if (errors.length > 0) throw errors[0];
}
