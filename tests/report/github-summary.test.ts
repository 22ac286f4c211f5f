import { XmlDocument } from "libxml2-wasm";
import { marked } from "marked";
import { expect, test } from "vitest";
import { printable } from "../../runner/common/visible.ts";
import type { Write } from "../../runner/report/events.ts";
import { githubReporter } from "../../runner/report/github.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import { failed, finished, hostile, judged, reportOf, skipped, unavailable } from "./events.ts";

/** Renders the job summary with marked, and has libxml2 read the table and the code in its HTML. */
function report(runs: readonly JudgedRun[], title?: string, clients?: (typeof unavailable)[]) {
  const make = (append: Write) => githubReporter(() => {}, append, process.cwd());
  const summary = reportOf(make, runs, title, clients);
  const html = marked.parse(summary, { async: false });
  const document = XmlDocument.fromString(`<body>${html}</body>`);
  const all = (path: string) => document.find(path).map((node) => node.content);
  const cells = document.find("//tr").map((row) => row.find("th | td").map((cell) => cell.content));
  return {
    summary,
    cells,
    headings: all("//h2"),
    titles: all("//summary"),
    codes: all("//pre/code"),
    paragraphs: all("//p"),
    numbers: all("//th[@align='right']"),
    others: all("//a | //img | //h1 | //h3 | //ul"),
  };
}

const golden = "1\n2\n3\n4\n5\n6\n7\n8\n";
const good = () => finished(golden);
const other = () => finished(golden.replace("7", "seven"));

test("the job summary is a table of all runs, and the details of what is wrong", async () => {
  const runs = [
    await judged("01-create", "match", golden, good(), good()),
    await judged("02-read", "drift", golden, other(), other()),
    await judged("03-update", "skipped", golden, skipped, good()),
  ];
  const another = { ...unavailable, client: "standalone/another" };
  const shown = report(runs, "A guide", [unavailable, another]);
  const { cells, headings, titles, codes, paragraphs, numbers } = shown;
  expect(headings).toEqual(["A guide"]);
  expect(paragraphs).toEqual([
    "Not verified on PostgreSQL 18.4 at example.com, in 1.4 s.",
    "standalone/python cannot run here: it needs python3 and psycopg. Install it: pip install psycopg",
    "standalone/another cannot run here: it needs python3 and psycopg. Install it: pip install psycopg",
  ]);
  expect(numbers).toEqual(["pg", "postgres"]);
  expect(cells).toEqual([
    ["Run", "Verdict", "pg", "postgres"],
    ["01-create", "✅ match", "108 ms", "108 ms"],
    ["02-read", "❌ drift", "108 ms", "108 ms"],
    ["03-update", "➖ skipped", "skipped", "108 ms"],
  ]);
  expect(titles).toEqual([
    "02-read: pg and postgres did not print what expected/02-read.txt says.",
  ]);
  expect(codes).toEqual(["@@ -4,5 +4,5 @@\n 4\n 5\n 6\n-7\n+seven\n 8\n"]);
});

test("of a run that is verified, it says so, and where", async () => {
  const { paragraphs, codes } = report([await judged("02-read", "match", golden, good(), good())]);
  expect(paragraphs).toEqual(["Verified on PostgreSQL 18.4 at example.com, in 1.4 s."]);
  expect(codes).toEqual([]);
});

const printed = "It had printed:\n  Connection established\n";

test("it cuts no character in two", async () => {
  const said = `x${"😀".repeat(10_000)}`;
  const { codes } = report([await judged("02-read", "error", golden, good(), failed(said))]);
  expect(codes).toEqual([`x${"😀".repeat(7999)}\n(The rest is in the log.)\n${printed}`]);
});

test.each(hostile)("it shows what a step prints, and nothing more: %s", async (_, text) => {
  const wrong = await judged("02-read", "error", golden, good(), failed(text));
  const name = text.slice(0, 200);
  const run = { ...wrong, run: { ...wrong.run, name } };
  const { cells, headings, codes, others } = report([run], name);
  const line = printable(name).replace(/\s+/g, " ").trim();
  expect(headings).toEqual([line]);
  expect(cells).toEqual([
    ["Run", "Verdict", "pg", "postgres"],
    [line, "❌ error", "108 ms", "21 ms"],
  ]);
  expect(others).toEqual([]);
  const shown = printable(text).trimEnd();
  const isCut = shown.length > 16_000;
  const cut = `${shown.slice(0, 16_000)}\n(The rest is in the log.)\n`;
  const whole = shown ? `${shown}\n` : "";
  expect(codes).toEqual([`${isCut ? cut : whole}${printed}`]);
});

test("it stays within what GitHub takes", async () => {
  const run = await judged("02-read", "error", golden, good(), failed("ä".repeat(60_000)));
  const { summary } = report(Array.from({ length: 100 }, () => run));
  expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
  expect(summary).toMatch(/The rest is in the log\.\n$/);
});
