import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Failure, messageOf } from "../failure.ts";
import type { Golden } from "./golden.ts";
import type { JudgedRun } from "./judged-run.ts";

/** Can the golden file be written? Only where all drivers succeeded and agree. */
export function isUpdatable({ verdict, drivers }: JudgedRun): boolean {
  const agree = verdict === "drift" || verdict === "missing";
  return agree && drivers.every(({ outcome }) => outcome.kind === "finished");
}

/**
 * Writes what the drivers printed into the golden file. Markers in it stay where they still match.
 * @returns the run as it is now
 * @throws Failure of kind "layout" where the file cannot be written
 */
export async function updateGoldenFile(judged: JudgedRun): Promise<JudgedRun> {
  const outcome = judged.drivers[0]?.outcome;
  if (!isUpdatable(judged) || outcome?.kind !== "finished") return judged;

  const { file } = judged.golden;
  const draft = `${file}.${process.pid}.new`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    await writeGolden(judged.golden, outcome.stdoutFile, draft);
    renameSync(draft, file);
  } catch (error) {
    throw new Failure("layout", `${file} cannot be written. ${messageOf(error)}`);
  }
  return { ...judged, verdict: "match", isUpdated: true };
}

async function writeGolden({ bytes }: Golden, stdoutFile: string, draft: string): Promise<void> {
  const { escapeMarkers, hasMarkers, keepMarkers } = await import("./pattern.ts");
  const golden = bytes.toString("latin1").replaceAll("\r\n", "\n");
  const printed = readFileSync(stdoutFile, "latin1");
  if (hasMarkers(golden)) {
    writeFileSync(draft, await keepMarkers(golden, printed), "latin1");
  } else if (hasMarkers(printed)) {
    writeFileSync(draft, printed.split("\n").map(escapeMarkers).join("\n"), "latin1");
  } else {
    copyFileSync(stdoutFile, draft);
  }
}
