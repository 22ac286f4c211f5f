import { basename, relative } from "node:path";
import { readShown } from "../../runner/common/read-shown.ts";
import { hideSecrets } from "../../runner/common/secrets.ts";
import { listed } from "../../runner/common/words.ts";
import { changesBetween } from "../../runner/document/changes.ts";
import type { Guide, Run } from "../../runner/guide/guide.ts";
import { describeReason, type Outcome } from "../../runner/guide/outcome.ts";
import { adviceFor, readersAdvice } from "../../runner/report/advice.ts";
import { failedLine } from "../../runner/report/findings.ts";
import { differenceOfEffects } from "../../runner/verify/effects.ts";
import type { ClientRun, JudgedRun } from "../../runner/verify/judge.ts";
import { errorLines } from "../learn/learn-page.ts";
import type { Comparison } from "../tables/changed-table.ts";
import { compareClients, findChanges } from "../tables/compare-tables.ts";
import type { Observation, Observer } from "./database/observer.ts";
import { type LiveClient, nameIn, shownFile } from "./live-clients.ts";
import {
  type ClientResult,
  type Details,
  type DoneState,
  OUTPUT_SHOWN,
  STATEMENTS_SHOWN,
  shorten,
  TEXT_SHOWN,
} from "./messages.ts";

const SUMMARY_LINES = 3;

/** What is known of the runs, in addition to their outputs. */
export interface Results {
  readonly guide: Guide;
  readonly clients: readonly LiveClient[];
  readonly observer: Pick<Observer, "observed">;
  /** The reader's versions that run in place of files, by their paths. */
  readonly running: ReadonlyMap<string, string>;
}

/**
 * Describes the result of a run for the page.
 * @param before the last run of the same step
 */
export function describeRun(
  results: Results,
  judged: JudgedRun,
  before: JudgedRun | undefined,
): DoneState {
  const { clients, observer, running } = results;
  const { index, step } = judged.run;
  return {
    kind: "done",
    verdict: judged.verdict,
    text: verdictText(results, judged),
    isStale: false,
    versions: versionsUpTo(results, index),
    clients: judged.clients.map((run) => {
      const now = observer.observed(index, run.client);
      const earlier = observer.observed(index - 1, run.client);
      const script = clients.find(({ name }) => name === run.client)?.fileOf(step) ?? step.file;
      const explain = (stderr: string) =>
        explainError(stderr, script, nameIn(results.guide, script));
      return {
        ...describeOutput(relative(process.cwd(), script), run, explain),
        isVersion: running.has(script),
        ...describeDatabase(now, earlier),
      };
    }),
    changes: before && changesBetween(firstOutput(before), firstOutput(judged)),
    databases: databasesAfter(results, index),
    effects: judged.verdict === "match" ? effectsOf(clients, judged) : "",
  };
}

/** How the rows differ that the clients changed, with the names that the page has for them. */
function effectsOf(clients: readonly LiveClient[], judged: JudgedRun): string {
  return differenceOfEffects(
    judged.clients.map(({ client, outcome }) => ({
      client: clients.find(({ name }) => name === client)?.title ?? client,
      outcome,
    })),
  );
}

/** Names the files that the reader's versions have replaced since the first run. */
function versionsUpTo({ guide, clients, running }: Results, index: number): string[] {
  const files = guide.runs
    .slice(0, index + 1)
    .flatMap(({ step }) => clients.map(({ fileOf }) => fileOf(step)))
    .filter((file) => running.has(file));
  return [...new Set(files)].map((file) => nameIn(guide, file));
}

type Printed = Omit<ClientResult, "isVersion" | "tables" | "unshown" | "statements">;

function describeOutput(
  file: string,
  { client, outcome, diff }: ClientRun,
  explain: (stderr: string) => Details,
): Printed {
  const isGood = outcome.kind === "finished" && diff === "";
  const ran = { client, file, output: outputStart(outcome), isGood };
  if (outcome.kind === "skipped") {
    return { ...ran, note: "skipped", details: { kind: "skipped", because: outcome.because } };
  }
  const took = seconds(outcome.duration);
  if (outcome.kind === "failed") {
    const { exitCode, reason } = outcome;
    const isExit = reason.kind === "exited" && reason.wanted === 0;
    const why = isExit ? `exit code ${exitCode}` : describeReason(outcome);
    const hangs = reason.kind === "timed out" && outcome.stderr.trim() === "";
    return { ...ran, note: `${why} · ${took}`, details: hangs ? noEnd : explain(outcome.stderr) };
  }
  if (isGood) return { ...ran, note: took, details: { kind: "none" } };
  const details: Details = { kind: "diff", lines: linesOf(diff) };
  return { ...ran, note: `does not match the guide · ${took}`, details };
}

/** A script that hangs does not say why. */
const noEnd: Details = {
  kind: "error",
  summary: "It did not end by itself. Is a connection left open, or does a loop never end?",
  line: 0,
  name: "",
  lines: [],
};

/**
 * Explains why a run failed: the message in front, and all that it wrote to stderr behind it.
 * @param file the script that failed
 * @param name as the page names it
 */
function explainError(stderr: string, file: string, name: string): Details {
  const lines = stderr.replace(/\n+$/, "").split("\n").filter(Boolean);
  if (lines.length === 0) return { kind: "none" };
  const short = errorLines(stderr).filter((line) => !line.startsWith("in "));
  const summary = short.length <= SUMMARY_LINES ? short.join(" · ") : pythonMessage(short);
  const line = failedLine(stderr, basename(file)) ?? 0;
  return { kind: "error", summary, line, name, lines: lines.length > 1 ? lines : [] };
}

/** The last line of a traceback is its message; otherwise the first one says most. */
function pythonMessage(lines: readonly string[]): string {
  const isTraceback = lines[0]?.startsWith("Traceback") === true;
  return (isTraceback ? lines.at(-1) : lines.slice(0, SUMMARY_LINES).join(" · ")) ?? "";
}

function describeDatabase(
  now: Observation | undefined,
  before: Observation | undefined,
): Pick<ClientResult, "tables" | "unshown" | "statements"> {
  if (!now) return { tables: [], unshown: [], statements: undefined };
  const { snapshot, statements } = now;
  const unshown: string[] = [];
  if (snapshot.kind === "unread") unshown.push(`Cannot read the database: ${snapshot.reason}`);
  else if (snapshot.more > 0) unshown.push(`${snapshot.more} more tables are not shown.`);
  if (!statements) unshown.push(unknownStatements);
  else if (statements.length === STATEMENTS_SHOWN) {
    unshown.push(`Only the first ${STATEMENTS_SHOWN} statements are shown.`);
  }
  const tables = findChanges(snapshot, before?.snapshot);
  const shown = statements?.map(({ text, parameters, error, ...counts }) => ({
    ...counts,
    text: shorten(hideSecrets(text), TEXT_SHOWN),
    parameters: shorten(hideSecrets(parameters), TEXT_SHOWN),
    error: error === undefined ? undefined : shorten(hideSecrets(error), TEXT_SHOWN),
  }));
  return { tables, unshown, statements: shown };
}

const unknownStatements =
  "The statements are not known: on the server of DATABASE_URL, only the drivers of the steps report theirs.";

function outputStart(outcome: Outcome): string {
  return outcome.kind === "skipped" ? "" : readShown(outcome.stdoutFile, OUTPUT_SHOWN);
}

function firstOutput({ clients }: JudgedRun): string {
  const outcome = clients[0]?.outcome;
  return outcome ? outputStart(outcome) : "";
}

function linesOf(text: string): string[] {
  return text.replace(/\n+$/, "").split("\n");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** What a run's verdict means, and what to do. */
function verdictText(results: Results, judged: JudgedRun): string {
  const { guide, clients } = results;
  const { verdict, run } = judged;
  const advice = () => adviceFor(guide, judged, (client) => filesOf(clients, [client], run));
  switch (verdict) {
    case "match": {
      const difference = differenceAfter(results, run.index);
      const success = run.isSetup ? "Set up" : "The output matches the guide";
      const effects = effectsOf(clients, judged);
      if (effects) return `${success}, but ${effects}.`;
      if (!difference) return `${success}, with ${titlesOf(clients)}`;
      const since = difference.run === run ? "" : `since ${difference.run.name}, `;
      return `${success}, but ${since}${difference.text}`;
    }
    case "error": {
      const failed = judged.clients.filter(({ outcome }) => outcome.kind === "failed");
      const names = failed.map(({ client }) => client);
      return `Look at ${filesOf(clients, names, run)}, fix it, and run it again.`;
    }
    case "divergence": {
      // If the tables differed before, the outputs could not be the same.
      const difference = differenceAfter(results, run.index - 1);
      return difference ? `Since ${difference.run.name}, ${difference.text}` : advice();
    }
    case "skipped":
      return judged.clients
        .flatMap(({ outcome }) => (outcome.kind === "skipped" ? `${outcome.because}.` : []))
        .join(" ");
    case "drift":
      return readersAdvice(guide, judged, (run, client) => filesOf(clients, [client], run));
    default:
      return advice();
  }
}

/**
 * Explains how the clients' databases differ after a run.
 * @returns the run after which they first differed; undefined if they are not known to differ
 */
function differenceAfter(
  results: Results,
  index: number,
): { readonly run: Run; readonly text: string } | undefined {
  const { guide, clients } = results;
  let difference: { run: Run; text: string } | undefined;
  for (const run of guide.runs.slice(0, index + 1).reverse()) {
    const compared = databasesAfter(results, run.index);
    if (compared.kind !== "different") break;
    const odd = clients.filter(({ name }) => compared.odd.includes(name));
    const others = clients.filter((client) => !odd.includes(client));
    const what =
      others.length > 0
        ? `the tables of ${titlesOf(odd)} differ from those of ${titlesOf(others)}`
        : `the tables of ${titlesOf(odd)} differ`;
    difference = { run, text: `${what}. Look at ${filesOf(clients, compared.odd, run)}.` };
  }
  return difference;
}

function databasesAfter({ clients, observer }: Results, index: number): Comparison {
  return compareClients(
    clients.flatMap(({ name, title }) => {
      const now = observer.observed(index, name);
      return now ? [{ client: name, title, snapshot: now.snapshot }] : [];
    }),
  );
}

function titlesOf(clients: readonly LiveClient[]): string {
  return listed([...new Set(clients.map(({ title }) => title))]);
}

function filesOf(clients: readonly LiveClient[], names: readonly string[], { step }: Run): string {
  const ran = clients.filter(({ name }) => names.includes(name));
  return listed([...new Set(ran.map((client) => shownFile(client, step)))]);
}

/**
 * Sums up what "Run all" came to, in a sentence.
 * @param judged the runs that are not stale, and ran only the guide's own scripts
 * @param duration milliseconds
 */
export function summaryOf(results: Results, judged: readonly JudgedRun[], duration: number) {
  const all = results.guide.runs.filter(({ isSetup }) => !isSetup).length;
  const matches = judged.filter(({ verdict }) => verdict === "match");
  const documented = matches.filter(({ run }) => !run.isSetup).length;
  const count = documented === all ? `All ${all}` : `${documented} of ${all}`;
  const different = matches.filter(
    ({ run }) => databasesAfter(results, run.index).kind === "different",
  );
  const names = listed(different.map(({ run }) => run.name));
  const tables = different.length > 0 ? `, but the tables differ after ${names}` : "";
  return `${count} match, in ${seconds(duration)}${tables}.`;
}
