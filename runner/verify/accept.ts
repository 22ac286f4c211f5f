import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../common/failure.ts";
import type { JudgedRun } from "./judged-run.ts";
import { isUpdatable } from "./update.ts";

/** `--update`: takes every change on which all clients agree. */
export async function acceptAll(runs: readonly JudgedRun[]): Promise<ReadonlySet<JudgedRun>> {
  return new Set(runs.filter(isUpdatable));
}

/** `new golden`: takes what all clients agree on where there is no golden file yet. */
export async function acceptMissing(runs: readonly JudgedRun[]): Promise<ReadonlySet<JudgedRun>> {
  return new Set(runs.filter((run) => run.verdict === "missing" && isUpdatable(run)));
}

/**
 * `--accept FILE`: takes the changes of these golden files.
 * @throws Failure of kind "usage" for a file that no proposed change belongs to. Then nothing is written
 */
export function acceptFiles(files: readonly string[]) {
  return async (runs: readonly JudgedRun[]): Promise<ReadonlySet<JudgedRun>> => {
    const accepted = new Set<JudgedRun>();
    for (const file of files) {
      const run = runs.find(({ golden }) => golden.name === file || isSame(golden.file, file));
      if (!run || !isUpdatable(run)) throw new Failure("usage", refusal(file, run));
      accepted.add(run);
    }
    return accepted;
  };
}

function refusal(file: string, run: JudgedRun | undefined): string {
  const because: Partial<Record<JudgedRun["verdict"], string>> = {
    match: "it matches already",
    divergence: "the clients disagree on it",
    error: "a client failed",
    skipped: "its run was skipped",
  };
  const reason = run ? because[run.verdict] : "no run of this guide uses it";
  return `There is nothing to accept for ${file}: ${reason}. Nothing was written.`;
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return one === resolve(other);
  }
}
