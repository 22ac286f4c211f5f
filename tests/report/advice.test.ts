import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { commands } from "../../classroom/main.ts";
import { parseArguments } from "../../runner/cli/program.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import type { Outcome } from "../../runner/guide/outcome.ts";
import { adviceFor, readersAdvice } from "../../runner/report/advice.ts";
import type { Verdict } from "../../runner/verify/judge.ts";
import { makeDirectory } from "../support/files.ts";
import { failed, finished, guideOf, judged, skipped } from "./events.ts";

const verdicts: Verdict[] = ["match", "drift", "divergence", "error", "skipped"];

/** What a POSIX shell makes of a line of advice, without the first three words. */
function pasted(line: string): string[] {
  const { stdout } = spawnSync("sh", ["-c", `printf '%s\\n' ${line}`], { encoding: "utf8" });
  return stdout.trimEnd().split("\n").slice(3);
}

test.runIf(process.platform !== "win32")("advice works when it is pasted", async () => {
  const parent = makeDirectory("it's a $guide ");
  for (const part of ["steps", "expected"]) cpSync(part, join(parent, part), { recursive: true });
  const guide = await loadGuide(parent);

  const error = await judged("02-read", "error", "x\n", finished("x\n"), failed("oh"));
  const [, command = ""] = adviceFor(guide, error).split("For a closer look: ");
  const environment = { isCi: false, isInteractive: false };
  const line = parseArguments(pasted(command), commands, environment, "");
  expect(line).toMatchObject({
    name: "run",
    options: {
      driver: ["postgres"],
      guide: expect.toSatisfy((guide: string) => resolve(guide) === parent),
      mode: "once",
      step: "1", // the number that the test's runs have
    },
  });
});

const update = "npx tsx run-guide.ts --update";
const agree = `All clients agree. If the new output is right: ${update}`;
const step = join("steps", "02-read.ts");
const script = (name: string) => join("standalone", name);
const isWrong = "did not print what is documented: look at";
const marker = "If the text varies from run to run, mark it with [..] in expected/02-read.txt.";

/** What a client came to: it printed x, which is documented, or y or z; it failed; or it was skipped. */
function outcomeOf(word: string): Outcome {
  if (word === "skipped") return skipped;
  return word === "failed" ? failed("oh") : finished(`${word}\n`);
}

test.each(
  Object.entries({
    "match: pg x, postgres x": "",
    "skipped: pg x, postgres skipped": "",
    "drift: pg y, postgres skipped":
      "pg did not print what expected/02-read.txt says: look at steps/02-read.ts. First find out why postgres was skipped.",
    "missing: pg y, postgres y": `expected/02-read.txt does not exist. Write it: ${update}`,
    "empty: pg y, postgres y": `expected/02-read.txt is empty. Write it: ${update}`,
    "drift: pg y, postgres y": `${agree}. If not, look at ${step}.`,
    "drift: pg y, standalone/pg.callbacks y": `${agree}. If not, look at ${step} and ${script("pg")}.`,
    "drift: standalone/pg y, standalone/drizzle y": `${agree} --driver standalone/pg --driver standalone/drizzle. If not, look at ${script("pg")} and ${script("drizzle")}.`,
    "divergence: pg x, postgres y": `The clients disagree. postgres ${isWrong} drivers/. ${marker}`,
    "divergence: pg y, standalone/pg x": `The clients disagree. pg ${isWrong} drivers/. ${marker}`,
    "divergence: pg y, standalone/pg z": `The clients disagree. pg and standalone/pg ${isWrong} drivers/ and ${script("pg")}. ${marker}`,
    "error: pg x, standalone/pg failed":
      "For a closer look: npx tsx run-guide.ts --step 1 --driver standalone/pg",
  }),
)("advice for %s", async (came, expected) => {
  const [, kind = "", first = "", one = "", second = "", other = ""] =
    /^(\w+): (\S+) (\w+), (\S+) (\w+)$/.exec(came) ?? [];
  const verdict = verdicts.find((name) => name === kind) ?? "missing";
  const golden = verdict === "missing" ? (kind === "empty" ? "" : undefined) : "x\n";
  const run = await judged("02-read", verdict, golden, outcomeOf(one), outcomeOf(other));
  const clients = run.clients.map((ran, index) => ({
    ...ran,
    client: [first, second][index] ?? "",
  }));
  expect(adviceFor(guideOf([run]), { ...run, clients })).toBe(expected);
});

test("a reader of a step that only reads is sent to the step that wrote before it", async () => {
  const guide = await loadGuide(process.cwd());
  const runs = guide.runs.slice(0, 3);
  const fileOf = (run: (typeof runs)[number]) => run.step.file;
  const drift = await judged("02-read", "drift", "x\n", finished("z\n"), finished("z\n"));
  const adviceAt = (index: number) => {
    const run = runs[index];
    return run ? readersAdvice(guide, { ...drift, run }, fileOf) : "";
  };
  expect(adviceAt(1)).toMatch(
    /02-read only reads\. Look at what wrote before it: \S+01-create\.ts\.$/,
  );
  expect(adviceAt(2)).toMatch(/guide's\. Look at \S+03-update\.ts\.$/);
  expect(adviceAt(1)).not.toContain("--update");
});
