import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, inject, test } from "vitest";
import { expectExit } from "../support/command.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

test("the JSON report is one document with everything in it", async () => {
  const project = makeShellGuide();
  project.edit("steps/04-delete.sh", "cat", "echo odd >&2; cat");
  const environment = { DATABASE_URL: inject("databaseUrl") };
  const result = await project.guide(["--reporter", "json"], environment);
  expectExit(result, 1);
  expect(result.stderr).toBe("");

  const report = JSON.parse(result.stdout);
  const schema = JSON.parse(readFileSync("docs/report.schema.json", "utf8"));
  expect(new Ajv().validate(schema, report)).toBe(true);
  expect(report.version).toBe(1);
  expect(report.clients).toEqual(["pg", "postgres"]);
  expect(report.runs).toHaveLength(12);
  expect(report.runs[0]).toEqual({
    step: "01-create",
    golden: "expected/01-create.txt",
    client: "pg",
    verdict: "match",
    outcome: "finished",
    reason: null,
    duration: expect.any(Number),
    exitCode: 0,
    stdout: project.read("expected/01-create.txt"),
    stdoutBytes: project.read("expected/01-create.txt").length,
    stderr: "",
    diff: null,
    effects: null,
  });
  expect(report.runs[8]).toMatchObject({ verdict: "error", outcome: "failed", stderr: "odd\n" });
  expect(report.runs[11]).toMatchObject({ verdict: "skipped", outcome: "skipped", exitCode: null });
  expect(report.summary).toMatchObject({
    verified: false,
    runs: 6,
    clients: 2,
    verdicts: { match: 4, drift: 0, divergence: 0, error: 1, missing: 0, skipped: 1 },
  });
});

test.each<[string, boolean, string[]]>([
  ["the whole guide", false, []],
  ["a step", true, ["--step", "1"]],
  ["a driver", true, ["--driver", "pg"]],
  ["without a client that cannot run here", true, ["--standalone"]],
])("the JSON report of %s says whether something is left out: %s", async (_, partial, choices) => {
  const project = makeShellGuide();
  project.write(
    "standalone/none/standalone.json",
    JSON.stringify({ run: ["no-such-program"], check: [], needs: "a program", install: "none" }),
  );
  for (const name of ["01-create", "02-read", "03-update", "04-delete"]) {
    project.write(`standalone/none/${name}.sh`, "exit\n");
  }
  const environment = { DATABASE_URL: inject("databaseUrl") };
  const result = await project.guide([...choices, "--reporter", "json"], environment);
  expectExit(result, 0);
  const { summary, partial: said } = JSON.parse(result.stdout);
  expect([summary.verified, said]).toEqual([true, partial]);
});
