import { Parser, type Result } from "tap-parser";
import { expect, test } from "vitest";
import { oneLine, printable } from "../../runner/common/visible.ts";
import type { Outcome } from "../../runner/guide/outcome.ts";
import { tapReporter } from "../../runner/report/tap.ts";
import type { JudgedRun, Verdict } from "../../runner/verify/judge.ts";
import { failed, finished, hostile, judged, reportOf, skipped, unavailable } from "./events.ts";

/** Has tap-parser read TAP, in its strict mode: a line that is no TAP is a failure. */
function parse(tap: string) {
  const points: Result[] = [];
  const extra: string[] = [];
  const parser = new Parser({ strict: true });
  parser.on("assert", (point: Result) => points.push(point));
  parser.on("extra", (line: string) => extra.push(line));
  parser.on("child", () => extra.push("a subtest"));
  parser.end(tap);
  return { points, extra, ok: parser.ok, results: parser.results };
}

function report(runs: readonly JudgedRun[], title?: string, clients?: (typeof unavailable)[]) {
  const tap = reportOf(tapReporter, runs, title, clients);
  return { tap, ...parse(tap) };
}

const golden = "1\n2\n3\n";
const good = () => finished(golden);
const other = () => finished("1\n2\n");

test.each<[Verdict, string | undefined, () => Outcome[], boolean[]]>([
  ["match", golden, () => [good(), good()], [true, true]],
  ["drift", golden, () => [other(), other()], [false, false]],
  ["divergence", golden, () => [good(), other()], [true, false]],
  ["missing", undefined, () => [finished(""), finished("")], [false, false]],
  ["missing", "", () => [other(), other()], [false, false]],
  ["error", golden, () => [failed("odd"), good()], [false, true]],
  ["skipped", golden, () => [good(), skipped], [true, false]],
])("a point for each client: %s", async (verdict, text, outcomes, expected) => {
  const { points, ok, extra } = report([await judged("02-read", verdict, text, ...outcomes())]);
  expect(points.map((point) => point.ok)).toEqual(expected);
  expect(points.map(({ name }) => name)).toEqual(["02-read (pg)", "02-read (postgres)"]);
  expect(points.map(({ skip }) => skip)).toEqual([false, false]);
  expect(ok).toBe(verdict === "match");
  expect(extra).toEqual([]);
});

test("the text is TAP 14 with diagnostics that a person can read", async () => {
  const runs = [
    await judged("01-create", "match", golden, good(), good()),
    await judged("02-read", "skipped", golden, other(), skipped),
  ];
  const { tap } = report(runs, "A guide", [unavailable]);
  expect(tap).toBe(`TAP version 14
# Guide: A guide
# On: PostgreSQL 18.4 at example.com, with pg, postgres
# standalone/python cannot run here: it needs python3 and psycopg. Install it: pip install psycopg
ok 1 - 01-create (pg)
  ---
  verdict: "match"
  outcome: "finished"
  golden: "expected/01-create.txt"
  duration_ms: 108
  ...
ok 2 - 01-create (postgres)
  ---
  verdict: "match"
  outcome: "finished"
  golden: "expected/01-create.txt"
  duration_ms: 108
  ...
not ok 3 - 02-read (pg)
  ---
  message: "pg did not print what expected/02-read.txt says."
  severity: "fail"
  verdict: "skipped"
  outcome: "finished"
  golden: "expected/02-read.txt"
  duration_ms: 108
  diff: |
    --- expected/02-read.txt
    +++ pg printed
    @@ -1,3 +1,2 @@
     1
     2
    -3
  ...
not ok 4 - 02-read (postgres)
  ---
  message: "postgres was skipped: 01-create failed with pg."
  severity: "fail"
  verdict: "skipped"
  outcome: "skipped"
  golden: "expected/02-read.txt"
  ...
1..4
# Runs: 2, not verified, in 1400 ms
`);
});

test("zero runs do not pass", () => {
  const { points, ok } = report([]);
  expect(points).toMatchObject([
    { ok: false, name: "guide", diag: { message: "No run was reported." } },
  ]);
  expect(ok).toBe(false);
});

test("a stream that breaks off does not pass", async () => {
  const { tap } = report([await judged("01-create", "match", golden, good(), good())]);
  expect(parse(tap).ok).toBe(true);
  expect(tap).toMatch(/^TAP version 14\n# Guide: .*\n# On: .*\nok 1 /);
  expect(tap).toMatch(/^# Runs: 1, verified, /m);
  expect(parse(tap.slice(0, tap.indexOf("1..2"))).ok).toBe(false);
});

test.each(hostile)("read back as it was, whatever a step prints: %s", async (_, text) => {
  const wrong = failed(text, `said ${text}`);
  const run = await judged("02-read", "error", golden, finished(text), wrong);
  const { points, extra, ok } = report([run], text);
  expect(points.map((point) => point.ok)).toEqual([false, false]);
  expect(points[0]?.diag.diff).toBe(`${printable(run.clients[0]?.diff ?? "").trimEnd()}\n`);
  expect(points[1]?.diag.stderr.trimEnd()).toBe(printable(text).trimEnd());
  expect(points[1]?.diag.message).toBe(printable(`postgres said ${text}.`).replace(/\s+/g, " "));
  expect(extra).toEqual([]);
  expect(ok).toBe(false);
});

test.each(hostile)("a name is a name, whatever is in it: %s", async (_, text) => {
  const run = await judged("02-read", "drift", golden, other(), good());
  const { points, extra } = report([{ ...run, run: { ...run.run, name: `${text} # SKIP` } }]);
  expect(points).toHaveLength(2);
  const name = oneLine(`${text} # SKIP (pg)`).trim();
  expect(points[0]).toMatchObject({ ok: false, skip: false, todo: false, name });
  expect(extra).toEqual([]);
});
