import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { attempt } from "../common/failure.ts";
import { digestOf } from "../common/kept-texts.ts";
import { readRegularFile } from "../common/read-files.ts";
import { waitForAll } from "../common/wait-for-all.ts";
import type { StandaloneClient } from "../guide/clients.ts";
import type { Guide, Run } from "../guide/guide.ts";
import type { Outcome } from "../guide/outcome.ts";
import { textsOfSteps } from "../guide/step-texts.ts";
import { demandSameEffects } from "../verify/effects.ts";
import {
  changedFailure,
  type Golden,
  makeGolden,
  readGolden,
  readStderrGolden,
  refuseChanged,
} from "../verify/golden.ts";
import { isGood, type JudgedRun, judgeRun } from "../verify/judge.ts";
import type { Session } from "./session.ts";

/** What runs, and what is reported on the way. */
export interface Runs {
  readonly guide: Guide;
  /** In their order. */
  readonly runs: readonly Run[];
  readonly clients: readonly string[];
  readonly session: Session;
  /** Stop all clients after the first run that does not match. */
  readonly bail?: boolean;
  /** The clients must do the same in their databases. Needs a session that counts it. */
  readonly effects?: boolean | undefined;
  /** The steps' own files, as they were at the beginning. */
  readonly sources?: readonly Golden[];
  /** Ends the runs early, as the session's own signal does. */
  readonly stop?: AbortSignal | undefined;
  /** A client is done with a run. */
  readonly onDone?: (run: Run, client: string, outcome: Outcome) => void;
  /** A run has its verdict. Called in the order of the runs. */
  readonly onJudged?: (run: JudgedRun) => void;
}

/** A run on its way to its verdict. */
interface PendingRun {
  readonly run: Run;
  /** As it was before the first run. */
  readonly golden: Golden;
  readonly stderr: Golden | undefined;
  /** Of the clients that are done with it. */
  readonly outcomes: Map<string, Outcome>;
  /** How many clients have come to it, or past it: it may not be for all of them. */
  reached: number;
}

/**
 * Executes runs with all clients: side by side, or one client after the other where they share a
 * database. Each run is judged as soon as its last client is done, by its golden file as it was before
 * the first run.
 * @returns the runs with their verdicts
 * @throws Failure of kind "layout" for a golden file that cannot be read, or that changed meanwhile
 */
export async function runAll(choice: Runs): Promise<readonly JudgedRun[]> {
  const { guide, clients, session, bail = false } = choice;
  const pending = choice.runs.map((run): PendingRun => {
    const stderr = readStderrGolden(guide.directory, run);
    return {
      run,
      golden: readGolden(guide.directory, run, guide.page?.bytes),
      stderr,
      outcomes: new Map(),
      reached: 0,
    };
  });
  const results: JudgedRun[] = [];
  /** The clients of a page send the same SQL, on a connection that stays open. */
  const isCounted = ({ step }: Run) =>
    choice.effects === true && guide.page?.runs.get(step.name)?.kind !== "sql";
  let judging = Promise.resolve();

  async function execute(one: PendingRun, client: string): Promise<void> {
    const { stop } = choice;
    if (one.run.clients?.includes(client) ?? true) {
      const outcome = await session.execute(one.run, client, {
        stop,
        following: pending.length - 1 - pending.indexOf(one),
        golden: one.golden,
        stderr: one.stderr,
      });
      one.outcomes.set(client, outcome);
      choice.onDone?.(one.run, client, outcome);
    }
    one.reached++;
    if (one.reached === clients.length) {
      judging = judging.then(async () => {
        const judged = await judge(one, clients, isCounted(one.run));
        results.push(judged);
        choice.onJudged?.(judged);
      });
      judging.catch(() => {}); // reported below
    }
  }

  /** With `bail`, a run begins when the last one is judged. */
  async function runInStep(group: readonly string[]): Promise<void> {
    for (const one of pending) {
      await waitForAll(group.map((client) => execute(one, client)));
      const { verdict } = await judge(one, group, isCounted(one.run));
      if (!isGood(verdict)) session.stop(`--bail: ${one.run.name} failed`);
    }
  }

  async function runFreely(client: string): Promise<void> {
    for (const one of pending) await execute(one, client);
  }

  const inTurn = session.server.clientsShare === "database";
  const groups = inTurn ? clients.map((client) => [client]) : [clients];
  for (const group of groups) {
    await (bail ? runInStep(group) : waitForAll(group.map(runFreely)));
  }
  await judging;
  refuseChanged(pending.flatMap(({ golden, stderr }) => (stderr ? [golden, stderr] : [golden])));
  return results;
}

/**
 * Checks that what the runs are made of is still the same: a run of something else proves nothing.
 * @throws Failure of kind "layout" that names a file that changed
 */
export function refuseOtherSources({ runs, clients, session, sources = [] }: Runs): void {
  refuseChanged(sources);
  const known = new Map<string, Buffer | undefined>();
  for (const [run, client] of runs.flatMap((one) => clients.map((name) => [one, name] as const))) {
    for (const [file, digest] of session.sourcesOf(run, client)) {
      if (/[\\/]node_modules[\\/]/.test(file)) continue; // packages are not expected to change
      if (!known.has(file))
        known.set(
          file,
          attempt(() => readFileSync(file), undefined),
        );
      const now = known.get(file) ?? Buffer.from("absent");
      // The compiler reads text.
      if (![now, now.toString()].map(digestOf).includes(digest)) throw changedFailure(file);
    }
  }
}

/**
 * Reads the steps' own files, and what they use that is not compiled with them. A program reads one of them when its turn comes: it may be that of another branch then.
 * @returns what `refuseChanged` takes
 */
export function readSources(
  guide: Guide,
  runs: readonly Run[],
  standalone: readonly StandaloneClient[],
): Golden[] {
  if (guide.page) return [];
  const scripts = standalone.flatMap(({ folder }) => folder.files);
  const steps = runs.map(({ step }) => step);
  // What is compiled, the session knows better.
  const endings = new Set(steps.flatMap(({ program, file }) => (program ? extname(file) : [])));
  const named = endings.size > 0 ? [...textsOfSteps(guide, scripts).keys()] : [];
  const modules = named.filter((file) => endings.has(extname(file)));
  const files = new Set([...steps.map(({ file }) => file), ...scripts, ...modules]);
  return [...files].map((file) => makeGolden(file, file, readRegularFile(file)));
}

/**
 * @param group the clients whose outcomes count
 * @param effects whether they must do the same
 */
async function judge(
  { run, golden, stderr, outcomes }: PendingRun,
  group: readonly string[],
  effects: boolean,
): Promise<JudgedRun> {
  const counted = group.flatMap((client) => {
    const outcome = outcomes.get(client);
    return outcome ? [[client, outcome] as const] : [];
  });
  const judged = await judgeRun(run, golden, counted, stderr);
  return effects ? demandSameEffects(judged) : judged;
}
