import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { commands } from "../../classroom/main.ts";
import { parseArguments } from "../../runner/cli/program.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import type { Outcome } from "../../runner/guide/outcome.ts";
import { adviceFor, readersAdvice } from "../../runner/report/advice.ts";
import type { Verdict } from "../../runner/verify/judge.ts";
import { clients, failed, finished, guideOf, judged, skipped } from "./events.ts";

/** What a POSIX shell makes of a line of advice, without the first three words. */
function pasted(line: string): string[] {
  const { stdout } = spawnSync("sh", ["-c", `printf '%s\\n' ${line}`], { encoding: "utf8" });
  return stdout.trimEnd().split("\n").slice(3);
}

test.runIf(process.platform !== "win32")("advice works when it is pasted", async () => {
  const parent = mkdtempSync(join(tmpdir(), "it's a $guide "));
  for (const part of ["steps", "expected"]) cpSync(part, join(parent, part), { recursive: true });
  const guide = await loadGuide(parent);
  rmSync(parent, { recursive: true });

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

const wrong = () => finished("y\n");
const right = () => finished("x\n");
const update = "npx tsx run-guide.ts --update";
const marker = "If the text varies from run to run, mark it with [..] in expected/02-read.txt.";
const script = (...parts: string[]) => join("standalone", ...parts);

test.each<[string, Verdict, string | undefined, readonly string[], () => Outcome[], string]>([
  ["match", "match", "x\n", clients, () => [right(), right()], ""],
  ["skipped", "skipped", "x\n", clients, () => [right(), skipped], ""],
  [
    "wrong, and another was skipped",
    "drift",
    "x\n",
    clients,
    () => [finished("y\n"), skipped],
    "pg did not print what expected/02-read.txt says: look at steps/02-read.ts. First find out why postgres was skipped.",
  ],
  [
    "no golden file",
    "missing",
    undefined,
    clients,
    () => [wrong(), wrong()],
    `expected/02-read.txt does not exist. Write it: ${update}`,
  ],
  [
    "an empty golden file",
    "missing",
    "",
    clients,
    () => [wrong(), wrong()],
    `expected/02-read.txt is empty. Write it: ${update}`,
  ],
  [
    "drift of clients",
    "drift",
    "x\n",
    clients,
    () => [wrong(), wrong()],
    `All clients agree. If the new output is right: ${update}. If not, look at ${join("steps", "02-read.ts")}.`,
  ],
  [
    "drift of a client and a variant of a script",
    "drift",
    "x\n",
    ["pg", "standalone/pg.callbacks"],
    () => [wrong(), wrong()],
    `All clients agree. If the new output is right: ${update}. If not, look at ${join("steps", "02-read.ts")} and ${script("pg")}.`,
  ],
  [
    "drift of scripts",
    "drift",
    "x\n",
    ["standalone/pg", "standalone/drizzle"],
    () => [wrong(), wrong()],
    `All clients agree. If the new output is right: ${update} --driver standalone/pg --driver standalone/drizzle. If not, look at ${script("pg")} and ${script("drizzle")}.`,
  ],
  [
    "a wrong client",
    "divergence",
    "x\n",
    clients,
    () => [right(), wrong()],
    `The clients disagree. postgres did not print what is documented: look at drivers/. ${marker}`,
  ],
  [
    "a wrong client next to a script",
    "divergence",
    "x\n",
    ["pg", "standalone/pg"],
    () => [wrong(), right()],
    `The clients disagree. pg did not print what is documented: look at drivers/. ${marker}`,
  ],
  [
    "a wrong client and a wrong script",
    "divergence",
    "x\n",
    ["pg", "standalone/pg"],
    () => [wrong(), finished("z\n")],
    `The clients disagree. pg and standalone/pg did not print what is documented: look at drivers/ and ${script("pg")}. ${marker}`,
  ],
  [
    "a script that fails",
    "error",
    "x\n",
    ["pg", "standalone/pg"],
    () => [right(), failed("oh")],
    "For a closer look: npx tsx run-guide.ts --step 1 --driver standalone/pg",
  ],
])("advice: %s", async (_, verdict, golden, names, outcomes, expected) => {
  const run = await judged("02-read", verdict, golden, ...outcomes());
  const renamed = run.clients.map((one, index) => ({ ...one, client: names[index] ?? "" }));
  expect(adviceFor(guideOf([run]), { ...run, clients: renamed })).toBe(expected);
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
  expect(adviceAt(2)).toMatch(/documents\. Look at \S+03-update\.ts\.$/);
  expect(adviceAt(1)).not.toContain("--update");
});
