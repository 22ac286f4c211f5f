import { expect, test } from "vitest";
import { printable, withoutCommands } from "../../runner/common/visible.ts";
import type { Outcome } from "../../runner/guide/outcome.ts";
import type { Write } from "../../runner/report/events.ts";
import { githubReporter } from "../../runner/report/github.ts";
import type { JudgedRun, Verdict } from "../../runner/verify/judge.ts";
import { failed, finished, hostile, judged, reportOf, skipped, unavailable } from "./events.ts";

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * Reads a log as GitHub's runner does: `::name key=value,…::text` behind any blanks at the beginning
 * of a line, or `##[name key=value;…]text` anywhere.
 */
function commandsIn(log: string): Command[] {
  return log.split(/\r\n|\r|\n/).flatMap((line) => {
    const modern = /^\s*::([\w-]+)(?: (.*?))?::(.*)$/.exec(line);
    const [, name = "", list = "", text = ""] =
      modern ?? /##\[([\w-]+)(?: (.*?))?\](.*)$/.exec(line) ?? [];
    if (!name) return [];
    const pairs = list.split(modern ? "," : ";").map((pair) => pair.split(/=(.*)/));
    const entries = pairs.map(([key = "", value = ""]) => [key, decode(value)] as const);
    return [{ name, properties: Object.fromEntries(entries), text: decode(text) }];
  });
}

function decode(text: string): string {
  return text.replace(/%(0D|0A|3A|2C|25)/g, (_, hex) => String.fromCharCode(Number(`0x${hex}`)));
}

function report(runs: readonly JudgedRun[], clients?: (typeof unavailable)[]) {
  const make = (write: Write) => githubReporter(write, () => {}, process.cwd());
  const log = reportOf(make, runs, "A guide", clients);
  return { log, commands: commandsIn(log) };
}

const golden = "1\n2\n3\n4\n5\n6\n7\n8\n";
const good = () => finished(golden);
const other = (text = golden.replace("7", "seven")) => finished(text);

const documented = "expected/02-read.txt";
const source = "steps/02-read.ts";

test.each<[string, Verdict, string | undefined, () => Outcome[], [file: string, line: number][]]>([
  ["match", "match", golden, () => [good(), good()], []],
  ["alike with both clients", "drift", golden, () => [other(), other()], [[documented, 7]]],
  [
    "not alike",
    "divergence",
    golden,
    () => [other("one\n2\n"), other()],
    [
      [documented, 1],
      [documented, 7],
    ],
  ],
  ["more", "divergence", golden, () => [good(), other(`${golden}9\n`)], [[documented, 8]]],
  ["no golden file", "missing", undefined, () => [good(), good()], [[source, 1]]],
  [
    "an error with its line",
    "error",
    golden,
    () => [failed("Query failed.\n42P01: no such table (02-read.ts, line 27)\n"), good()],
    [[source, 27]],
  ],
  [
    "a stack",
    "error",
    golden,
    () => [failed("Error: x\n    at file:///repository/steps/02-read.ts:31:9\n"), skipped],
    [[source, 31]],
  ],
  [
    "a script of another language, which has other lines",
    "error",
    golden,
    () => [failed('  File "standalone/psycopg2/02-read.py", line 9\n'), skipped],
    [[source, 1]],
  ],
  ["skipped", "skipped", golden, () => [skipped, good()], []],
  ...(
    [
      ["what looks like a diff above it", 3, "1\n2 @@ -7 @@\n3\n", "1\n2 @@ -7 @@\nthree\n"],
      ["Windows line ends", 2, "1\n2\n3\n", "1\n2\r\n3\n"],
      ["Windows line ends that are documented", 2, "1\r\n2\r\n3\r\n", "1\r\n2\n3\r\n"],
      ["bytes that are not text", 2, "1\n\ufffd\n3\n", Buffer.from("1\n\xff\n3\n", "latin1")],
      ["far down", 31, `${"same\n".repeat(30)}old\n`, `${"same\n".repeat(30)}new\n`],
      ["more, and no line feed at its end", 2, "1\n2", "1\n2\n3\n4\n"],
    ] as const
  ).map(
    ([name, line, text, printed]): [
      string,
      Verdict,
      string,
      () => Outcome[],
      [string, number][],
    ] => [
      ...([name, "divergence", text] as const),
      () => [finished(printed)],
      [[documented, line]],
    ],
  ),
])("an annotation where it is wrong: %s", async (_, verdict, text, outcomes, expected) => {
  const { commands } = report([await judged("02-read", verdict, text, ...outcomes())]);
  const title = `02-read: ${verdict}`;
  expect(commands.map(({ properties }) => properties)).toEqual(
    expected.map(([file, line]) => ({ file, line: String(line), title })),
  );
  expect(commands.every(({ name }) => name === "error")).toBe(true);
});

test("annotations say what is wrong, and what to do", async () => {
  const { log } = report([await judged("02-read", "drift", "50 %\n", other("0\n"), other("0\n"))]);
  expect(log).toBe(
    "::error file=expected/02-read.txt,line=1,title=02-read%3A drift::" +
      "pg and postgres did not print what expected/02-read.txt says.%0A" +
      "All clients agree. If the new output is right: npx tsx run-guide.ts --update. " +
      "If not, look at steps/02-read.ts.%0A@@ -1,1 +1,1 @@%0A-50 %25%0A+0\n",
  );
});

test("what a step says is shown whole, even where it looks like the head of a diff", async () => {
  const said = "--- Expected\n+++ Received\n- 1\n+ 2";
  const run = (stderr: string) => judged("02-read", "error", golden, good(), failed(stderr));
  const advice = "For a closer look: npx tsx run-guide.ts --step 1 --driver postgres";
  const printed = "It had printed:\n  Connection established";
  const { commands } = report([await run(said), await run("")]);
  expect(commands.map(({ text }) => text)).toEqual([
    `postgres exited with 1.\n${advice}\n${said}\n${printed}`,
    `postgres exited with 1.\n${advice}\n${printed}`,
  ]);
});

test("a difference that the diff cannot show is annotated at the first line", async () => {
  const run = await judged("02-read", "drift", golden, good(), good());
  const diff = "--- expected/02-read.txt\n+++ pg printed\n";
  const { commands } = report([{ ...run, clients: run.clients.map((one) => ({ ...one, diff })) }]);
  expect(commands).toHaveLength(1);
  const properties = { file: documented, line: "1", title: "02-read: drift" };
  expect(commands[0]).toMatchObject({ properties });
});

test("a client that cannot run is a warning", async () => {
  const run = await judged("02-read", "match", golden, good(), good());
  expect(report([run], [unavailable]).commands).toEqual([
    {
      name: "warning",
      properties: { title: "standalone/python" },
      text: "standalone/python cannot run here: it needs python3 and\npsycopg. Install it: pip install psycopg",
    },
  ]);
});

test("zero runs are an error", () => {
  expect(report([]).commands).toEqual([
    { name: "error", properties: { title: "guide" }, text: "No run was reported." },
  ]);
});

test.each(hostile)("commands cannot be forged: %s", async (_, text) => {
  const run = await judged("02-read", "error", golden, other(text), failed(text));
  const { commands, log } = report([{ ...run, run: { ...run.run, name: text } }]);
  expect(log.split("\n")).toHaveLength(3);
  expect(commands).toHaveLength(2);
  expect(commands.map(({ properties }) => Object.keys(properties))).toEqual([
    ["file", "line", "title"],
    ["file", "line", "title"],
  ]);
  expect(commands[0]?.properties.title).toBe(printable(`${text}: error`));
  expect(commands.every((command) => command.text.length < 4100)).toBe(true);
});

test.each(hostile)("nor in another report, made harmless: %s", (_, text) => {
  expect(commandsIn(withoutCommands(`    ${text}\n${text}`))).toEqual([]);
});

test("what is no command stays as it is", () => {
  const text = "    a::b\n: :\n## [x]\n";
  expect(withoutCommands(text)).toBe(text);
  expect(withoutCommands("  ::error::x ##[y]")).toBe("  \\::error::x ##\\[y]");
});
