import { expect, test } from "vitest";
import { isRecord } from "../../runner/common/json.ts";
import { summarize } from "../../runner/report/events.ts";
import { sarifReporter } from "../../runner/report/sarif.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import { failed, finished, hostile, judged, reportOf, skipped } from "./events.ts";

function report(runs: readonly JudgedRun[]) {
  const text = reportOf(sarifReporter, runs);
  const document = JSON.parse(text);
  expect(faults(document)).toEqual([]);
  return { text, results: document.runs[0].results };
}

/** What the specification requires of what we write: names of sections are those of SARIF 2.1.0. */
function faults(document: unknown): string[] {
  const found: string[] = [];
  const check = (isRight: boolean, what: string) => {
    if (!isRight) found.push(what);
  };
  const at = (value: unknown, ...path: (string | number)[]): unknown =>
    path.reduce<unknown>((inner, key) => {
      if (Array.isArray(inner)) return inner[Number(key)];
      return isRecord(inner) ? inner[key] : undefined;
    }, value);
  const all = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const isText = (value: unknown) => typeof value === "string" && value !== "";
  const only = (value: unknown, names: string, what: string) => {
    const own = isRecord(value) ? Object.keys(value) : [];
    check(
      own.every((name) => names.split(" ").includes(name)),
      `${what} has another property`,
    );
  };

  check(at(document, "version") === "2.1.0", "3.13.2 version");
  only(document, "$schema version runs", "3.13 sarifLog");
  check(Array.isArray(at(document, "runs")), "3.13.4 runs");
  for (const run of all(at(document, "runs"))) {
    only(run, "tool invocations results", "3.14 run");
    const driver = at(run, "tool", "driver");
    check(isText(at(driver, "name")), "3.19.8 name");
    const rules = all(at(driver, "rules"));
    const ids = rules.map((rule) => at(rule, "id"));
    check(ids.every(isText) && new Set(ids).size === ids.length, "3.49.3 id");
    for (const rule of rules) check(isText(at(rule, "shortDescription", "text")), "3.49.9 text");
    for (const invocation of all(at(run, "invocations"))) {
      const isSuccess = at(invocation, "executionSuccessful");
      check(typeof isSuccess === "boolean", "3.20.14 executionSuccessful");
      for (const one of all(at(invocation, "toolExecutionNotifications"))) {
        check(isText(at(one, "message", "text")), "3.58.5 message");
        check(at(one, "level") === "error", "3.58.6 level");
      }
    }
    check(Array.isArray(at(run, "results")), "3.14.23 results: empty, not absent");
    const prints = new Set<unknown>();
    for (const result of all(at(run, "results"))) {
      only(result, "ruleId level message locations partialFingerprints", "3.27 result");
      check(ids.includes(at(result, "ruleId")), "3.27.5 ruleId");
      check(at(result, "level") === "error", "3.27.10 level");
      check(isText(at(result, "message", "text")), "3.27.11 message");
      const physical = at(result, "locations", 0, "physicalLocation");
      const uri = at(physical, "artifactLocation", "uri");
      check(isText(uri) && URL.canParse(String(uri), "file:///base/"), "3.4.3 uri");
      const line = at(physical, "region", "startLine");
      check(Number.isInteger(line) && Number(line) >= 1, "3.30.5 startLine");
      const print = Object.values(Object(at(result, "partialFingerprints")));
      check(print.length === 1 && isText(print[0]), "3.27.17 partialFingerprints");
      check(!prints.has(print[0]), "two results have the same fingerprint");
      prints.add(print[0]);
    }
  }
  return found;
}

test("each output that is wrong is a result at its file and line", async () => {
  const { results } = report([
    await judged("01-create", "match", "1\n"),
    await judged("02-read", "drift", "1\n2\n", finished("1\n3\n"), finished("1\n3\n")),
    await judged("03-update", "error", "1\n", failed("odd\n"), skipped),
    await judged("04-delete", "skipped", "1\n", skipped, skipped),
  ]);
  expect(results).toEqual([
    expect.objectContaining({ ruleId: "drift", message: { text: expect.stringContaining("+3") } }),
    expect.objectContaining({
      ruleId: "error",
      message: { text: expect.stringContaining("odd") },
    }),
  ]);
  const [{ locations }] = results;
  expect(locations[0].physicalLocation).toMatchObject({ region: { startLine: 2 } });
});

test("the same failure twice is two results", async () => {
  const run = await judged("02-read", "drift", "1\n", finished("2\n"), finished("2\n"));
  expect(report([run, run]).results).toHaveLength(2);
});

test("without a failure there are no results", async () => {
  expect(report([await judged("01-create", "match", "1\n")]).results).toEqual([]);
});

test.each(hostile)("hostile text is only text: %s", async (_, printed) => {
  const outcomes = [finished(printed), finished(printed)] as const;
  const { text } = report([await judged("02-read", "drift", "1\n", ...outcomes)]);
  expect(text).not.toMatch(/##\[|^\s*::/m);
});

test("a run that could not begin is a notification", () => {
  let text = "";
  const reporter = sarifReporter((part) => {
    text += part;
  });
  reporter.end({ summary: summarize([], [], 1), failure: "No server." });
  const document = JSON.parse(text);
  expect(faults(document)).toEqual([]);
  expect(document.runs[0].invocations[0]).toMatchObject({
    executionSuccessful: false,
    toolExecutionNotifications: [{ message: { text: "No server." } }],
  });
  expect(faults({ version: "2.1.0", runs: [{ tool: {} }] })).toContain("3.19.8 name");
});
