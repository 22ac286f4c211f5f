import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Guide, Run } from "../../runner/guide/guide.ts";
import type { Outcome } from "../../runner/guide/outcome.ts";
import { type Golden, makeGolden } from "../../runner/verify/golden.ts";
import { makeDirectory } from "./files.ts";

/** A run of a step of its own. */
export function runOf(directory: string, name: string, index = 0): Run {
  const file = join(directory, "steps", `${name}.ts`);
  const step = { name, number: index + 1, file, title: name, prose: "", code: "" };
  return { index, step, after: undefined, name };
}

/** A guide of these runs. */
export function guideWith(directory: string, runs: readonly Run[], title = "A guide"): Guide {
  return {
    ...{ directory, command: "npx tsx run-guide.ts", title, runs },
    steps: runs.map(({ step }) => step),
    drivers: ["pg", "postgres"],
    ...{ ownDrivers: [], lesson: [], environment: {} },
  };
}

/** A guide's directory with golden files, and outputs that clients may have printed. */
export function makeRuns(goldens: Readonly<Record<string, string>>) {
  const directory = makeDirectory("runs");
  mkdirSync(join(directory, "expected"));
  const runs = Object.keys(goldens).map((name, index): Run => {
    writeFileSync(join(directory, "expected", `${name}.txt`), goldens[name] ?? "");
    return runOf(directory, name, index);
  });
  const guide = guideWith(directory, runs);
  let count = 0;
  const ran = (text: string) => {
    const stdoutFile = join(directory, `${count++}.stdout`);
    writeFileSync(stdoutFile, text, { mode: 0o600 });
    return { duration: 1, stdoutFile, stderr: "", exitCode: 0 };
  };
  const printed = (text: string): Outcome => ({ kind: "finished", ...ran(text) });
  const failed = (): Outcome => ({
    ...ran(""),
    kind: "failed",
    exitCode: 1,
    reason: { kind: "exited", wanted: 0 },
  });
  return { directory, guide, runs, printed, failed };
}

/** A golden file that is only in memory. */
export function goldenOf(text: string): Golden {
  const file = "/guide/expected/x.txt";
  return makeGolden(file, "expected/x.txt", Buffer.from(text));
}

export function outputFile(content: string | Buffer): string {
  const file = join(makeDirectory("output"), "stdout");
  writeFileSync(file, content);
  return file;
}
