import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { GuideDatabase, Lane } from "../database/database.ts";
import { compileSteps, type Programs } from "../execute/compile.ts";
import type { Outcome } from "../execute/outcome.ts";
import type { Run, Step } from "../guide/guide.ts";
import type { Workspace } from "../workspace/workspace.ts";

/** Executes runs, each driver on its own path. After a driver's first failure, it skips the rest. */
export interface Session {
  readonly database: GuideDatabase;
  /** Executes a run with one driver. Runs of one driver come one after the other. */
  execute(run: Run, driver: string): Promise<Outcome>;
  /** Drops what the steps made. The first failure to do so is reported after all were tried. */
  close(): Promise<void>;
}

export interface SessionChoice {
  readonly workspace: Workspace;
  readonly steps: readonly Step[];
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

  const opening = choice.openDatabase();
  const compiling = compileSteps(choice.steps, join(workspace.directory, "programs"));
  const loading = import("../execute/run-step.ts");
  const [opened, compiled] = await Promise.allSettled([opening, compiling, loading]);
  if (opened.status === "rejected") throw opened.reason;
  if (compiled.status === "rejected") {
    await opened.value.close();
    throw compiled.reason;
  }
  const database = opened.value;
  const programs: Programs = compiled.value;
  const { runStep } = await loading;

  const lanes = new Map<string, Promise<Lane>>();
  const failures = new Map<string, Run>();

  async function laneOf(driver: string): Promise<Lane> {
    const lane = lanes.get(driver) ?? database.openLane(driver);
    lanes.set(driver, lane);
    return lane;
  }

  return {
    database,

    async execute(run, driver) {
      const failed = failures.get(driver);
      if (failed) return { kind: "skipped", because: `${failed.name} failed with ${driver}` };
      if (signal.aborted) return { kind: "skipped", because: "the run was interrupted" };

      const program = programs.get(run.step);
      if (!program) throw new Error(`${run.step.name} was not compiled`);
      const { url } = await laneOf(driver);
      const outputFile = join(outputs, `${run.index}.${driver}`);
      const outcome = await runStep(
        { program, driver, databaseUrl: url, timeout, outputFile },
        workspace.keeper,
        signal,
      );
      if (outcome.kind === "failed") failures.set(driver, run);
      return outcome;
    },

    async close() {
      const opened = await Promise.allSettled(lanes.values());
      const closing = opened.map((lane) =>
        lane.status === "fulfilled" ? lane.value.close() : null,
      );
      const closed = [...(await Promise.allSettled(closing)), await settle(database.close())];
      const failure = closed.find((result) => result.status === "rejected");
      if (failure) throw failure.reason;
    },
  };
}

async function settle(promise: Promise<void>): Promise<PromiseSettledResult<void>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}
