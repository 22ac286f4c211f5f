import type { Unavailable } from "../../runner/guide/clients.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { Outcome } from "../../runner/guide/outcome.ts";
import { type Reporter, summarize, type Write } from "../../runner/report/events.ts";
import { diffOf } from "../../runner/verify/diff.ts";
import { isGolden, makeGolden } from "../../runner/verify/golden.ts";
import type { JudgedRun, Verdict } from "../../runner/verify/judge.ts";
import { guideWith, outputFile, runOf } from "../support/runs.ts";

export const clients = ["pg", "postgres"];
const directory = process.cwd();

export const finished = (stdout: string | Buffer): Outcome => ({
  kind: "finished",
  duration: 108,
  stdoutFile: outputFile(stdout),
  stderr: "",
  exitCode: 0,
});

export const failed = (stderr: string, said?: string): Outcome => ({
  kind: "failed",
  duration: 21,
  stdoutFile: outputFile("Connection established\n"),
  stderr,
  exitCode: 1,
  reason: said === undefined ? { kind: "exited", wanted: 0 } : { kind: "other", text: said },
});

export const skipped: Outcome = { kind: "skipped", because: "01-create failed with pg" };

/**
 * A judged run, made by hand but for its diffs, which are the real ones.
 * @param golden undefined where there is no golden file
 * @param outcomes one for each of the clients, in their order
 */
export async function judged(
  name: string,
  verdict: Verdict,
  golden: string | undefined,
  ...outcomes: readonly Outcome[]
): Promise<JudgedRun> {
  const file = `${directory}/expected/${name}.txt`;
  const bytes = golden === undefined ? undefined : Buffer.from(golden);
  const expected = makeGolden(file, `expected/${name}.txt`, bytes);
  const clientRuns = outcomes.map(async (outcome, index) => {
    const client = clients[index] ?? "another";
    const isOther = outcome.kind === "finished" && !isGolden(expected, outcome.stdoutFile);
    const diff = isOther ? await diffOf(expected, outcome.stdoutFile, `${client} printed`) : "";
    return { client, outcome, diff };
  });
  return {
    run: runOf(directory, name),
    golden: expected,
    verdict,
    clients: await Promise.all(clientRuns),
  };
}

/** A guide with these runs. */
export function guideOf(runs: readonly JudgedRun[], title?: string): Guide {
  return guideWith(
    directory,
    runs.map(({ run }) => run),
    title,
  );
}

/** Plays a run of a guide to a reporter, from its beginning to its end. */
export function play(
  reporter: Reporter,
  runs: readonly JudgedRun[],
  title?: string,
  unavailable: readonly Unavailable[] = [],
): void {
  const server = "PostgreSQL 18.4 at example.com";
  const guide = guideOf(runs, title);
  reporter.start({ guide, server, clients, unavailable });
  for (const run of runs) reporter.run(run);
  reporter.end({ summary: summarize(runs, clients, 1400) });
}

/** @returns what a reporter writes of a run of a guide */
export function reportOf(
  make: (write: Write) => Reporter,
  runs: readonly JudgedRun[],
  title?: string,
  unavailable?: readonly Unavailable[],
): string {
  const parts: string[] = [];
  const reporter = make((text) => void parts.push(text));
  play(reporter, runs, title, unavailable);
  return parts.join("");
}

/** A client that cannot run, as a guide's author may describe it. */
export const unavailable: Unavailable = {
  client: "standalone/python",
  needs: "python3 and\npsycopg",
  install: "pip install psycopg",
};

/** What a step may print, and what no report may stumble over. */
export const hostile: readonly [string, string][] = [
  ["escape sequences", "\x1b[2J\x1b]0;title\x07\x9b31m"],
  ["control characters", "\0\x01\x0b\x0c\x7f\x85\r"],
  ["the end of a CDATA section", "]]>"],
  ["markup", '<a href="x">&amp;</a><!-- --><?pi?>'],
  ["workflow commands", "::error::pwned\n  ::set-output name=a::b\n##[error]pwned"],
  ["encoded workflow commands", "%0A::error::pwned"],
  ["what ends a command's properties", "a,b=c:d,file=x::100 %25"],
  ["a code fence", "```\n# pwned\n````````\n</details>"],
  ["a table", "a | b | c\n|---|\n\\|\\\\|"],
  ["TAP", "ok 1\nnot ok 2\n1..0 # SKIP\nBail out!\n# Subtest: x\n  ...\n  ---"],
  ["YAML", "---\n...\n: - 'a' \"b\" {c} [d] !e &f *g %h @i `j`\n\ttab"],
  ["lone surrogates", "\ud800 \udfff \ude00\ud83d"],
  ["noncharacters and line separators", "\ufffe\uffff\u2028\u2029\ufeff\u202e"],
  ["an emoji and umlauts", "😀 äöü"],
  ["blank lines and blanks", "\n\n   \n \n"],
  ["an indented beginning", "    deep\n  less\nnone\n"],
  ["1 MB in a line", "x".repeat(1_000_000)],
  ["more line feeds than stderr may have", `${"\n".repeat(70_000)}x`],
];
