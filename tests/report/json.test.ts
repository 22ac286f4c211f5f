import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { jsonReporter } from "../../runner/report/json.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import { failed, finished, hostile, judged, reportOf, skipped, unavailable } from "./events.ts";

function report(runs: readonly JudgedRun[], title?: string, clients?: (typeof unavailable)[]) {
  const json = reportOf(jsonReporter, runs, title, clients);
  const document = JSON.parse(json);
  expect(faults(document)).toEqual([]);
  return { json, document };
}

const validate = new Ajv().compile(JSON.parse(readFileSync("docs/report.schema.json", "utf8")));

/** What the schema says against a report. */
function faults(document: unknown): string[] {
  validate(document);
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== "if") // says the same again
    .map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test("one document with everything in it", async () => {
  const third = await judged("03-update", "match", "1\n");
  const runs = [
    await judged("01-create", "divergence", "1\n", finished("1\n"), finished("ä\n")),
    await judged("02-read", "error", "1\n", failed("odd\n"), skipped),
    { ...third, updatedFile: third.golden.file },
  ];
  const { json, document } = report(runs, "A guide", [unavailable]);
  expect(json.split("\n").slice(0, 2)).toEqual(["{", '  "version": 1,']);
  const diff = runs[0]?.clients[1]?.diff;
  const first = { step: "01-create", golden: "expected/01-create.txt", verdict: "divergence" };
  const second = { step: "02-read", golden: "expected/02-read.txt", verdict: "error" };
  const good = {
    ...{ outcome: "finished", reason: null, duration: 108, exitCode: 0, stderr: "", effects: null },
  };
  expect(document).toEqual({
    failure: null,
    blocks: [],
    version: 1,
    name: ".",
    partial: true,
    guide: "A guide",
    server: "PostgreSQL 18.4 at example.com",
    clients: ["pg", "postgres"],
    unavailable: [unavailable],
    runs: [
      { ...first, client: "pg", ...good, stdout: "1\n", stdoutBytes: 2, diff: null },
      { ...first, client: "postgres", ...good, stdout: "ä\n", stdoutBytes: 3, diff },
      {
        ...{ ...second, client: "pg", outcome: "failed", reason: "exited with 1", duration: 21 },
        ...{ exitCode: 1, stdout: "Connection established\n", stdoutBytes: 23, stderr: "odd\n" },
        ...{ diff: null, effects: null },
      },
      {
        ...{
          ...second,
          client: "postgres",
          outcome: "skipped",
          reason: "01-create failed with pg",
        },
        ...{ duration: null, exitCode: null, stdout: null, stdoutBytes: null, stderr: null },
        ...{ diff: null, effects: null },
      },
    ],
    summary: {
      verified: false,
      runs: 3,
      documented: 3,
      clients: 2,
      verdicts: {
        ...{ match: 1, unverified: 0, drift: 0, divergence: 1, error: 1, missing: 0, skipped: 0 },
      },
      updated: [runs[2]?.golden.file],
      duration: 1400,
    },
  });
});

test("without clients that cannot run, the list of them is empty", () => {
  expect(report([]).document).toMatchObject({ unavailable: [], runs: [] });
});

test.each(hostile)("read back as it was, and no command of GitHub's: %s", async (_, text) => {
  const run = await judged("02-read", "error", "1\n", finished(text), failed(text));
  const { json, document } = report([run], text);
  const bytes = Buffer.from(text);
  expect(document.guide).toBe(text);
  expect(document.runs[0]).toMatchObject({ stdout: `${bytes}`, stdoutBytes: bytes.length });
  expect(document.runs[1]).toMatchObject({ stderr: text });
  expect(json).not.toMatch(/##\[|^\s*::/m);
});

test("of a long output, the first MiB is there", async () => {
  const long = ".".repeat(1024 * 1024 + 1); // no random password of another test begins with it
  const { document } = report([await judged("02-read", "match", long, finished(long))]);
  const [{ stdout, stdoutBytes }] = document.runs;
  expect([stdout.length, stdoutBytes]).toEqual([1024 * 1024, 1024 * 1024 + 1]);
});

test("docs/report.schema.json requires every field, and allows no other", async () => {
  const run = await judged("02-read", "match", "1\n", finished("1\n"));
  const { document } = report([run], "A guide", [unavailable]);
  const [first] = document.runs;
  const { verdicts } = document.summary;
  for (const part of [document, first, document.unavailable[0], document.summary, verdicts]) {
    for (const [name, value] of Object.entries(part)) {
      delete part[name];
      expect(faults(document)).toEqual([expect.stringContaining(`'${name}'`)]);
      part[name] = value;
    }
    part.other = 1;
    expect(faults(document)).toHaveLength(1);
    delete part.other;
  }
  expect(faults({ ...document, version: 2 })).toHaveLength(1);
});

test("docs/json-report.md has a row for every field", () => {
  const page = readFileSync("docs/json-report.md", "utf8");
  const { document } = report([]);
  const rows = [...page.matchAll(/^\| `([^`.]+)` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(Object.keys(document));
});
