import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { compileSteps, type Programs } from "../compile/compile-steps.ts";
import type { GuideDatabase, Lane } from "../database/guide-database.ts";
import type { Outcome } from "../execute/outcome.ts";
import type { Run, Step } from "../guide/guide.ts";
import type { Workspace } from "../workspace/workspace.ts";

/** Executes runs, each driver on its own path. After a driver's first failure, it skips the rest. */
export interface Session {
  readonly database: GuideDatabase;
  /** Executes a run with one driver. Runs of one driver come one after the other. */
  execute(run: Run, driver: string): Promise<Outcome>;
  /** The connection string of a driver's steps. */
  urlOf(driver: string): Promise<string>;
  /** From now on, every run is skipped. */
  stop(because: string): void;
  /** Compiles the steps again, as their files are now. */
  recompile(): Promise<void>;
  /** Gives every driver a new, empty database. */
  reset(): Promise<void>;
  /** Drops what the steps made. The first failure to do so is reported after all were tried. */
  close(): Promise<void>;
}

export interface SessionChoice {
  readonly workspace: Workspace;
  readonly steps: readonly Step[];
  readonly drivers: readonly string[];
  readonly openDatabase: () => Promise<GuideDatabase>;
  /** Milliseconds. */
  readonly timeout: number;
  /** Ends the steps that are running. */
  readonly signal: AbortSignal;
}

/** Compiles the steps while the server starts. */
export async function openSession(choice: SessionChoice): Promise<Session> {
  const { workspace, signal, timeout } = choice;
  const outputs = join(workspace.directory, "outputs");
  mkdirSync(outputs, { mode: 0o700 });
  const compile = () =>
    compileSteps(choice.steps, workspace.root, join(workspace.directory, "programs"));

  const lanes = new Map<string, Promise<Lane>>();
  const opening = choice.openDatabase().then((opened) => {
    // While the steps are being compiled, the drivers' databases are made.
    for (const driver of choice.drivers) openLane(opened, driver).catch(() => {}); // told when used
    return opened;
  });
  const loading = Promise.all([import("../execute/run-step.ts"), import("../execute/capture.ts")]);
  const [opened, compiled] = await Promise.allSettled([opening, compile(), loading]);
  if (opened.status === "rejected") throw opened.reason;
  if (compiled.status === "rejected") {
    await closeLanes().finally(opened.value.close);
    throw compiled.reason;
  }
  const database = opened.value;
  const [{ runStep }, { openCaptures }] = await loading;
  const capture = openCaptures(outputs);
  let programs: Programs = compiled.value;
  let stopped: string | undefined;
  let count = 0;
  const failures = new Map<string, Run>();

  function openLane(from: GuideDatabase, driver: string): Promise<Lane> {
    const lane = lanes.get(driver) ?? from.openLane(driver);
    lanes.set(driver, lane);
    return lane;
  }

  async function closeLanes(): Promise<void> {
    const opened = await Promise.allSettled(lanes.values());
    lanes.clear();
    const open = opened.flatMap((lane) => (lane.status === "fulfilled" ? [lane.value] : []));
    throwFirst(await Promise.allSettled(open.map((lane) => lane.close())));
  }

  return {
    database,

    async execute(run, driver) {
      const failed = failures.get(driver);
      if (failed) return { kind: "skipped", because: `${failed.name} failed with ${driver}` };
      if (stopped) return { kind: "skipped", because: stopped };
      if (signal.aborted) return { kind: "skipped", because: "the run was interrupted" };

      const program = programs.get(run.step);
      if (!program) throw new Error(`${run.step.name} was not compiled`);
      const { url: databaseUrl } = await openLane(database, driver);
      const outputFile = join(outputs, `${run.index}.${driver}.${count++}`);
      const command = { program, driver, databaseUrl, timeout, outputFile };
      const outcome = await runStep(command, capture, workspace.watchdog, signal);
      if (outcome.kind === "failed") failures.set(driver, run);
      return outcome;
    },

    urlOf: async (driver) => (await openLane(database, driver)).url,

    stop(because) {
      stopped ??= because;
    },

    async recompile() {
      programs = await compile();
    },

    async reset() {
      failures.clear();
      await closeLanes();
    },

    async close() {
      const closed = await Promise.allSettled([closeLanes()]);
      throwFirst([...closed, ...(await Promise.allSettled([database.close()]))]);
    },
  };
}

function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  const failure = results.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
}
