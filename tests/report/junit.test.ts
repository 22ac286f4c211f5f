import { readFileSync } from "node:fs";
import { join } from "node:path";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { expect, test } from "vitest";
import { printable } from "../../runner/common/visible.ts";
import type { Outcome } from "../../runner/guide/outcome.ts";
import { junitReporter } from "../../runner/report/junit.ts";
import type { JudgedRun, Verdict } from "../../runner/verify/judge.ts";
import { failed, finished, hostile, judged, reportOf, skipped, unavailable } from "./events.ts";

const schema = XmlDocument.fromString(readFileSync(join(import.meta.dirname, "junit.xsd"), "utf8"));
const validator = XsdValidator.fromDoc(schema);

/** Writes a report, and has libxml2 parse it and validate it. */
function report(runs: readonly JudgedRun[], title?: string, clients?: (typeof unavailable)[]) {
  const xml = reportOf(junitReporter, runs, title, clients);
  const document = XmlDocument.fromString(xml);
  validator.validate(document);
  return { xml, value: (path: string) => document.get(path)?.content };
}

test("the schema refuses what is not a report", () => {
  const document = XmlDocument.fromString("<testsuites><testcase/></testsuites>");
  expect(() => validator.validate(document)).toThrow();
});

const golden = "1\n2\n3\n";
const good = () => finished(golden);
const short = () => finished("1\n2\n");
const isWrong = "did not print what expected/02-read.txt says.";

test.each<[Verdict, string | undefined, () => Outcome[], string[]]>([
  ["match", golden, () => [good(), good()], []],
  [
    "drift",
    golden,
    () => [short(), short()],
    [`failure: pg ${isWrong}`, `failure: postgres ${isWrong}`],
  ],
  ["divergence", golden, () => [good(), short()], [`failure: postgres ${isWrong}`]],
  [
    "divergence", // without a golden file, no client is right
    undefined,
    () => [finished(""), short()],
    [
      "failure: pg printed this, but expected/02-read.txt does not exist.",
      "failure: postgres printed this, but expected/02-read.txt does not exist.",
    ],
  ],
  [
    "missing", // nothing printed, nothing documented
    "",
    () => [finished(""), finished("")],
    [
      "failure: pg printed this, but expected/02-read.txt is empty.",
      "failure: postgres printed this, but expected/02-read.txt is empty.",
    ],
  ],
  ["error", golden, () => [good(), failed("odd")], ["error: postgres exited with 1."]],
  [
    "skipped",
    golden,
    () => [skipped, good()],
    ["skipped: pg was skipped: 01-create failed with pg."],
  ],
])("a case for each client: %s of %j", async (verdict, text, outcomes, expected) => {
  const { xml, value } = report([await judged("02-read", verdict, text, ...outcomes())]);
  const found = [...xml.matchAll(/<(failure|error|skipped) message="(.*?)" type="(.*?)"/g)];
  expect(found.map(([, kind, message]) => `${kind}: ${message}`)).toEqual(expected);
  expect(found.every(([, , , type]) => type === verdict)).toBe(true);

  const count = (kind: string) => expected.filter((one) => one.startsWith(`${kind}: `)).length;
  expect(Number(value("/testsuites/@failures"))).toBe(count("failure"));
  expect(Number(value("/testsuites/@errors"))).toBe(count("error"));
  const skips = [1, 2].map((suite) => Number(value(`//testsuite[${suite}]/@skipped`)));
  expect(skips.reduce((sum, number) => sum + number)).toBe(count("skipped"));
  expect(Number(value("/testsuites/@tests"))).toBe(2);
  expect(value("//skipped") ?? "").toBe("");
});

test("a suite for each client, a case for each run", async () => {
  const first = await judged("01-create", "match", golden, good(), good());
  const second = await judged("02-read", "drift", golden, short(), short());
  const { value } = report([first, second]);
  expect(value("/testsuites/@name")).toBe("A guide");
  expect(value("/testsuites/@time")).toBe("1.400");
  expect(value("//testsuite[1]/@name")).toBe("pg");
  expect(value("//testsuite[2]/@time")).toBe("0.216");
  expect(value("//testsuite[2]//property[@name='server']/@value")).toMatch(/^PostgreSQL/);
  expect(value("//testsuite[2]/testcase[2]/@name")).toBe("02-read");
  expect(value("//testsuite[2]/testcase[2]/@classname")).toBe("postgres");
  expect(value("//testsuite[2]/testcase[2]/@time")).toBe("0.108");
  expect(value("//testsuite[2]/testcase[2]/failure")).toBe(second.clients[1]?.diff);
  expect(value("//testsuite[2]/testcase[2]/system-out")).toBe("1\n2\n");
});

test("a setup that fails with one client has passed with the other", async () => {
  const undocumented = await judged("00-setup", "match", undefined, finished(""), failed("odd"));
  const run = { ...undocumented.run, isSetup: true };
  const { value } = report([{ ...undocumented, run, verdict: "error" }]);
  expect(value("/testsuites/@failures")).toBe("0");
  expect(value("/testsuites/@errors")).toBe("1");
});

test("a client that cannot run is a skipped case, which says why", async () => {
  const run = await judged("02-read", "match", golden, good(), good());
  const { value } = report([run], "A guide", [unavailable]);
  expect(value("/testsuites/@tests")).toBe("3");
  expect(value("//testsuite[3]/@name")).toBe("standalone/python");
  expect(value("//testsuite[3]/@skipped")).toBe("1");
  expect(value("//testsuite[3]/testcase/@name")).toBe("guide");
  expect(value("//testsuite[3]/testcase/@classname")).toBe("standalone/python");
  expect(value("//testsuite[3]/testcase/skipped/@message")).toBe(
    "standalone/python cannot run here: it needs python3 and\npsycopg. Install it: pip install psycopg.",
  );
});

test("zero runs do not pass", () => {
  const { value } = report([]);
  expect(value("/testsuites/@errors")).toBe("2");
  expect(value("//testsuite[2]/testcase/@name")).toBe("guide");
  expect(value("//testsuite[2]/testcase/error/@type")).toBe("error");
  expect(value("//testsuite[2]/testcase/error/@message")).toBe("No run was reported.");
});

test.each(hostile)("well-formed and complete, whatever a step prints: %s", async (_, text) => {
  const wrong = failed(text, `said ${text}`);
  const { value } = report(
    [await judged("02-read", "error", golden, finished(text.slice(0, 1000)), wrong)],
    text,
  );
  expect(value("//testsuite[1]//system-out")).toBe(
    printable(Buffer.from(text.slice(0, 1000)).toString()),
  );
  expect(value("//error")).toBe(printable(text));
  expect(value("//system-err")).toBe(printable(text));
  expect(value("//error/@message")).toBe(printable(`postgres said ${text}.`));
  expect(value("/testsuites/@name")).toBe(printable(text));
});

test("a long output is cut, and never within a character", async () => {
  const long = `x${"ä".repeat(100_000)}`;
  const short = "x".repeat(65_536);
  const run = await judged("02-read", "divergence", short, finished(long), finished(short));
  const { value } = report([run]);
  const shown = value("//testsuite[1]//system-out");
  expect(shown).toBe(`x${"ä".repeat(32_767)}\n(The output is cut here. It has 200001 bytes.)\n`);
  expect(value("//testsuite[2]//system-out")).toBe(short);
});

test("bytes that are no text are shown as such", async () => {
  const bytes = Buffer.from([0xff, 0x00, 0x0a]);
  const { value } = report([await judged("02-read", "drift", golden, finished(bytes), good())]);
  expect(value("//testsuite[1]//system-out")).toBe("\ufffd\\x00\n");
});

test("a difference that the diff cannot show is a failure all the same", async () => {
  const run = await judged("02-read", "drift", golden, good(), good());
  const diff = "--- expected/02-read.txt\n+++ pg printed\n";
  const { value } = report([{ ...run, clients: run.clients.map((one) => ({ ...one, diff })) }]);
  expect(value("/testsuites/@failures")).toBe("2");
  expect(value("//failure")).toBe(diff);
});
