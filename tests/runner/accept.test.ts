import { rmSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import type { Outcome } from "../../runner/guide/outcome.ts";
import { readGolden } from "../../runner/verify/golden.ts";
import { type JudgedRun, judgeRun } from "../../runner/verify/judge.ts";
import { acceptAll, acceptFiles, acceptMissing } from "../../runner/verify/update.ts";
import { makeRuns } from "../support/runs.ts";

/** One run of each verdict, named after it. */
async function judgedRuns() {
  const names = ["match", "drift", "divergence", "error", "missing", "skipped"] as const;
  const { directory, runs, printed, failed } = makeRuns(
    Object.fromEntries(names.map((name) => [name, "golden\n"])),
  );
  rmSync(join(directory, "expected/missing.txt"));
  const outcomes: Record<(typeof names)[number], Outcome[]> = {
    match: [printed("golden\n"), printed("golden\n")],
    drift: [printed("new\n"), printed("new\n")],
    divergence: [printed("new\n"), printed("newer\n")],
    error: [printed("golden\n"), failed()],
    missing: [printed("new\n"), printed("new\n")],
    skipped: [printed("golden\n"), { kind: "skipped", because: "error failed" }],
  };
  const judged: JudgedRun[] = [];
  for (const [index, name] of names.entries()) {
    const run = runs[index];
    if (!run) throw new Error("no run");
    const ofDrivers = outcomes[name].map((outcome, at) => [`client-${at}`, outcome] as const);
    judged.push(await judgeRun(run, readGolden(directory, run), ofDrivers));
  }
  expect(judged.map(({ verdict }) => verdict)).toEqual(names);
  return { directory, judged };
}

const namesOf = (accepted: ReadonlySet<JudgedRun>) => [...accepted].map(({ run }) => run.name);

test("what the clients agree on is taken, or only what is new", async () => {
  const { judged } = await judgedRuns();
  expect(namesOf(await acceptAll(judged))).toEqual(["drift", "missing"]);
  expect(namesOf(await acceptMissing(judged))).toEqual(["missing"]);
});

test("a golden file is named as the guide, the shell or a link names it, even before it is there", async () => {
  const { directory, judged } = await judgedRuns();
  const drift = join(directory, "expected/drift.txt");
  const missing = join(directory, "expected/missing.txt");
  const link = join(directory, "link.txt");
  symlinkSync(drift, link);
  const here = (file: string) => relative(process.cwd(), file);
  for (const file of ["expected/drift.txt", drift, here(drift), link]) {
    expect(namesOf(await acceptFiles([file])(judged))).toEqual(["drift"]);
  }
  for (const file of ["expected/missing.txt", missing, here(missing)]) {
    expect(namesOf(await acceptFiles([drift, file])(judged))).toEqual(["drift", "missing"]);
  }
});

test.each([
  ["match", "it matches already"],
  ["divergence", "the clients disagree on it"],
  ["error", "a client failed"],
  ["skipped", "its run was skipped"],
  ["gone", "no run of this guide uses it"],
])("there is nothing to accept: %s", async (name, reason) => {
  const { judged } = await judgedRuns();
  const file = `expected/${name}.txt`;
  await expect(acceptFiles(["expected/drift.txt", file])(judged)).rejects.toMatchObject({
    kind: "usage",
    message: `There is nothing to accept for ${file}: ${reason}. Nothing was written.`,
  });
});
