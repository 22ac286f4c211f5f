import { copyFileSync, mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { Failure, messageOf } from "../failure.ts";
import type { JudgedRun } from "./judged-run.ts";

/**
 * Writes the golden files of the runs that ended in drift or without a golden file. There, and only
 * there, all drivers succeeded and agree.
 * @throws Failure of kind "layout" where a file cannot be written
 */
export function updateGoldenFiles(runs: readonly JudgedRun[]): JudgedRun[] {
  return runs.map((judged) => {
    if (judged.verdict !== "drift" && judged.verdict !== "missing") return judged;
    const outcome = judged.drivers[0]?.outcome;
    if (outcome?.kind !== "finished") return judged;
    write(outcome.stdoutFile, judged.golden.file);
    return { ...judged, verdict: "match", isUpdated: true };
  });
}

function write(stdoutFile: string, file: string): void {
  const draft = `${file}.${process.pid}.new`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    copyFileSync(stdoutFile, draft);
    renameSync(draft, file);
  } catch (error) {
    throw new Failure("layout", `${file} cannot be written. ${messageOf(error)}`);
  }
}
