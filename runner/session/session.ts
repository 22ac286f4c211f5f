import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { GuideDatabase, Lane } from "../database/guide-database.ts";
import type { Launch } from "../execute/command.ts";
import type { Outcome } from "../execute/outcome.ts";
import type { Run } from "../guide/guide.ts";
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
  /** Makes ready what the steps' processes need, as the files are now. */
  readonly prepare: () => Promise<Launch>;
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

  const lanes = new Map<string, Promise<Lane>>();
  const opening = choice.openDatabase().then((opened) => {
    // While the steps are being compiled, the drivers' databases are made.
    for (const driver of choice.drivers) openLane(opened, driver).catch(() => {}); // told when used
    return opened;
  });
  const loading = import("../execute/run-step.ts");
  const [opened, compiled] = await Promise.allSettled([opening, choice.prepare(), loading]);
  if (opened.status === "rejected") throw opened.reason;
  if (compiled.status === "rejected") {
    await closeLanes().finally(opened.value.close);
    throw compiled.reason;
  }
  const database = opened.value;
  const { runStep } = await loading;
  let launch = compiled.value;
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

      const { url } = await openLane(database, driver);
      const command = launch(run.step, driver, url);
      const outputFile = join(outputs, `${run.index}.${driver.replaceAll("/", "-")}.${count++}`);
      const outcome = await runStep({ command, timeout, outputFile }, workspace.watchdog, signal);
      if (outcome.kind === "failed") failures.set(driver, run);
      return outcome;
    },

    urlOf: async (driver) => (await openLane(database, driver)).url,

    stop(because) {
      stopped ??= because;
    },

    async recompile() {
      launch = await choice.prepare();
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
