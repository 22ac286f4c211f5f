import pc from "picocolors";
import { expect, test } from "vitest";
import { oneLine } from "../../runner/common/visible.ts";
import type { Outcome } from "../../runner/guide/outcome.ts";
import { summarize } from "../../runner/report/events.ts";
import { terminalReporter } from "../../runner/report/terminal-report.ts";
import type { JudgedRun, Verdict } from "../../runner/verify/judge.ts";
import {
  failed,
  finished,
  guideOf,
  hostile,
  judged,
  reportOf,
  skipped,
  unavailable,
} from "./events.ts";

function report(
  runs: readonly JudgedRun[],
  title?: string,
  clients?: (typeof unavailable)[],
  useColor = false,
) {
  return reportOf((write) => terminalReporter(write, useColor), runs, title, clients);
}

/** A run whose clients are these, whatever they came to. */
const withClients = (run: JudgedRun, names: readonly string[], outcomes: readonly Outcome[]) => ({
  ...run,
  clients: outcomes.map((outcome, index) => ({ client: names[index] ?? "", outcome, diff: "" })),
});

const golden = "1\n2\n";
const good = () => finished(golden);

test("one line a run, what is wrong, and what to do", async () => {
  const runs = [
    await judged("01-create", "match", golden, good(), good()),
    await judged("02-read", "drift", golden, finished("1\n3\n"), finished("1\n3\n")),
    await judged("03-update", "divergence", golden, good(), finished("2\n")),
    await judged("04-delete", "error", golden, good(), failed("Query failed.\n  \nNo table.\n\n")),
    await judged("05-sort", "skipped", golden, good(), skipped),
  ];
  expect(report(runs, "A guide", [unavailable])).toBe(`A guide
PostgreSQL 18.4 at example.com · clients: pg, postgres
standalone/python cannot run here: it needs python3 and psycopg. Install it: pip install psycopg

✓ 01-create  match       pg 108 ms  postgres 108 ms
✗ 02-read    drift       pg 108 ms  postgres 108 ms
    --- expected/02-read.txt
    +++ pg and postgres printed
    @@ -1,2 +1,2 @@
     1
    -2
    +3
    All clients agree. If the new output is right: npx tsx run-guide.ts --update. If not, look at steps/02-read.ts.
✗ 03-update  divergence  pg 108 ms  postgres 108 ms
    --- expected/03-update.txt
    +++ postgres printed
    @@ -1,2 +1,1 @@
    -1
     2
    The clients disagree. postgres did not print what is documented: look at drivers/. If the text varies from run to run, mark it with [..] in expected/03-update.txt.
✗ 04-delete  error       pg 108 ms  postgres 21 ms
    postgres exited with 1.
    Query failed.
    No table.
    It had printed:
      Connection established
    For a closer look: npx tsx run-guide.ts --step 1 --driver postgres
- 05-sort    skipped     pg 108 ms  postgres skipped
    postgres was skipped: 01-create failed with pg.

Not verified: 1 match, 1 drift, 1 divergence, 1 error, 1 skipped of 5 runs, in 1.4 s.
`);
});

test("a golden file that was written", async () => {
  const run = await judged("01-create", "match", golden, good(), good());
  expect(report([{ ...run, updatedFile: run.golden.file }])).toBe(`A guide
PostgreSQL 18.4 at example.com · clients: pg, postgres

✓ 01-create  updated     pg 108 ms  postgres 108 ms

The output is verified with 2 clients, in 1.4 s, 1 golden file written.
`);
});

test("of many clients, the fastest and the slowest are shown", async () => {
  const run = await judged("01-create", "match", golden);
  const names = ["a", "b", "c", "d", "e"];
  const lineOf = (...outcomes: Outcome[]) =>
    report([withClients(run, names, outcomes)]).match(/^✓ .*$/m)?.[0];
  const quick = failed("");
  expect(lineOf(good(), quick, skipped, good())).toMatch(
    /match {7}a 108 ms {2}b 21 ms {2}c skipped {2}d 108 ms$/,
  );
  expect(lineOf(good(), quick, skipped, good(), good())).toMatch(/match {7}4 of 5 {2}21–108 ms$/);
  expect(lineOf(skipped, skipped, skipped, skipped, skipped)).toMatch(/match {7}0 of 5$/);
});

test.each<[Verdict[], number, string[], string]>([
  [["match"], 0, ["pg"], "The output is verified with 1 client, in 0.1 s"],
  [["match", "match"], 0, ["a", "b"], "All 2 outputs are verified with 2 clients, in 0.1 s"],
  [["match"], 0, ["standalone/pg"], "The output is verified with 1 client, in 0.1 s"],
  [["match"], 0, ["a", "standalone/b", "c"], "The output is verified with 3 clients, in 0.1 s"],
  [["match"], 1, ["a"], "The output is verified with 1 client, in 0.1 s, 1 golden file written"],
  [["match"], 0, [], "Not verified: 1 match of 1 run, in 0.1 s"],
  [["missing"], 0, ["pg"], "Not verified: 1 missing of 1 run, in 0.1 s"],
  [
    ["match", "drift", "match"],
    2,
    ["pg"],
    "Not verified: 2 match, 1 drift of 3 runs, in 0.1 s, 2 golden files written",
  ],
])("the summary of %j, %i written, with %j", async (verdicts, written, clients, expected) => {
  const runs = await Promise.all(verdicts.map((verdict) => judged("02-read", verdict, golden)));
  const updated = runs.map((run, index) =>
    index < written ? { ...run, updatedFile: run.golden.file } : run,
  );
  let text = "";
  const reporter = terminalReporter((part) => {
    text += part;
  }, false);
  reporter.start({ guide: guideOf(runs), server: "PostgreSQL", clients, unavailable: [] });
  reporter.end({ summary: summarize(updated, clients, 51) });
  expect(text.split("\n").at(-2)).toBe(`${expected}.`);
});

test.each(hostile)(
  "what a step prints moves no cursor, and stays indented: %s",
  async (_, text) => {
    const run = await judged("02-read", "error", golden, finished(text), failed(text));
    const printed = report([run], text);
    expect(printed.split("\n")[0]).toBe(oneLine(text));
    expect(printed).not.toMatch(/[^\P{Cc}\n\t]|\p{Cf}/u);
    const [, body = ""] = printed.split(/^✗ 02-read [^\n]*\n/m);
    expect(body).toMatch(/^( {4}[^\n]*\n)+\nNot verified: [^\n]*\n$/);
  },
);

test("colours", async () => {
  const { bold, cyan, dim, green, magenta, red, yellow } = pc.createColors(true);
  const documented = "1@@\n2\n";
  const right = () => finished(documented);
  const wrong = () => finished("1@@\n3\n");
  const linesOf = async (verdict: Verdict, ...outcomes: Outcome[]) => {
    const run = await judged("02-read", verdict, documented, ...outcomes);
    return report([run], "A guide", [unavailable], true).split("\n");
  };
  const match = await linesOf("match", right(), right());
  expect(match.slice(0, 3)).toEqual([
    bold("A guide"),
    dim("PostgreSQL 18.4 at example.com · clients: pg, postgres"),
    yellow(
      "standalone/python cannot run here: it needs python3 and psycopg. Install it: pip install psycopg",
    ),
  ]);
  expect(match.slice(4)).toEqual([
    `${green("✓ 02-read  match     ")}  ${dim("pg 108 ms  postgres 108 ms")}`,
    "",
    green("The output is verified with 2 clients, in 1.4 s."),
    "",
  ]);
  const drift = await linesOf("drift", wrong(), wrong());
  expect(drift).toEqual(
    expect.arrayContaining([
      `    ${red("-2")}`,
      `    ${green("+3")}`,
      `    ${cyan("@@ -1,2 +1,2 @@")}`,
      "     1@@",
      red("Not verified: 1 drift of 1 run, in 1.4 s."),
    ]),
  );
  const heads = [
    drift,
    await linesOf("divergence", right(), wrong()),
    await linesOf("error", right(), failed("")),
    await linesOf("missing", right(), right()),
    await linesOf("skipped", right(), skipped),
  ].map((lines) => lines[4]?.split("  ")[0]);
  const begin = (paint: (text: string) => string, mark: string) =>
    paint(`${mark} 02-read  `).split("  ")[0];
  expect(heads).toEqual([
    begin(yellow, "✗"),
    begin(magenta, "✗"),
    begin(red, "✗"),
    begin(yellow, "✗"),
    begin(dim, "-"),
  ]);
});
