import { readStart } from "../../runner/common/files.ts";
import { visible } from "../../runner/common/visible.ts";
import { changesBetween } from "../../runner/document/changes.ts";
import type { Outcome } from "../../runner/guide/outcome.ts";
import type { ClientRun, JudgedRun } from "../../runner/verify/judge.ts";
import { clip, STATEMENTS_SHOWN, TEXT_SHOWN } from "./database/clip.ts";
import { markChanges } from "./database/compare-tables.ts";
import type { Observation } from "./database/observer.ts";
import type { ClientResult, Comparison, Details, DoneState, Statement } from "./messages.ts";
import { databasesAfter, type Sight, typedFile } from "./sight.ts";
import { verdictText } from "./verdict-text.ts";

/** Bytes. More of an output than this, nobody reads on a page. */
export const OUTPUT_SHOWN = 64 * 1024;

/**
 * What the page shows of a run.
 * @param before the last run of the same step
 */
export function showRun(sight: Sight, judged: JudgedRun, before: JudgedRun | undefined): DoneState {
  const { clients, observer } = sight;
  const { index, step } = judged.run;
  const fileOf = (wanted: string) => {
    const client = clients.find(({ name }) => name === wanted);
    return client ? typedFile(client, step) : "";
  };
  const changes = before && changesBetween(outputOf(before), outputOf(judged));
  return {
    kind: "done",
    verdict: judged.verdict,
    text: verdictText(sight, judged),
    isStale: false,
    clients: judged.clients.map((run) => {
      const now = observer.observed(index, run.client);
      const earlier = observer.observed(index - 1, run.client);
      return { ...showClient(fileOf(run.client), run), ...showDatabase(now, earlier) };
    }),
    changes: changes?.map(({ sign, text }) => ({ sign, text: visible(text) })),
    databases: showComparison(databasesAfter(sight, index)),
  };
}

function showComparison(compared: Comparison): Comparison {
  return compared.kind === "different"
    ? { ...compared, named: compared.named.map(visible) }
    : compared;
}

function showDatabase(
  now: Observation | undefined,
  before: Observation | undefined,
): Pick<ClientResult, "tables" | "unshown" | "statements"> {
  if (!now) return { tables: [], unshown: [], statements: undefined };
  const { snapshot, statements } = now;
  const unshown: string[] = [];
  if (snapshot.kind === "unread") {
    unshown.push(`The database could not be read: ${visible(snapshot.reason)}`);
  } else if (snapshot.more > 0) unshown.push(`${snapshot.more} more tables are not shown.`);
  if (!statements) unshown.push(unseenStatements);
  else if (statements.length === STATEMENTS_SHOWN) unshown.push(firstStatements);
  return {
    tables: markChanges(snapshot, before?.snapshot),
    unshown,
    statements: statements?.map(showStatement),
  };
}

const unseenStatements =
  "Its statements are not seen: on a server that DATABASE_URL names, only the steps' drivers tell of theirs.";
const firstStatements = `Of its statements, the first ${STATEMENTS_SHOWN} are shown.`;

function showStatement({ text, parameters, error, ...counts }: Statement): Statement {
  const show = (said: string) => visible(clip(said, TEXT_SHOWN));
  return {
    ...counts,
    text: show(text),
    parameters: show(parameters),
    error: error === undefined ? undefined : show(error),
  };
}

type Printed = Pick<ClientResult, "client" | "file" | "output" | "note" | "isGood" | "details">;

function showClient(file: string, { client, outcome, diff }: ClientRun): Printed {
  const isGood = outcome.kind === "finished" && diff === "";
  const ran = { client, file, output: shown(outcome), isGood };
  if (outcome.kind === "skipped") {
    return { ...ran, note: "skipped", details: { kind: "skipped", because: outcome.because } };
  }
  const took = `${(outcome.duration / 1000).toFixed(1)} s`;
  if (outcome.kind === "failed") {
    const { exitCode, reason } = outcome;
    const why = reason === `exited with ${exitCode}` ? `exit code ${exitCode}` : reason;
    const lines = linesOf(outcome.stderr).filter(Boolean);
    const details: Details = lines.length > 0 ? { kind: "error", lines } : { kind: "none" };
    return { ...ran, note: `${why} · ${took}`, details };
  }
  if (isGood) return { ...ran, note: took, details: { kind: "none" } };
  const details: Details = { kind: "diff", lines: linesOf(diff) };
  return { ...ran, note: `not as documented · ${took}`, details };
}

function linesOf(text: string): string[] {
  return visible(text).trimEnd().split("\n");
}

function outputOf({ clients }: JudgedRun): string {
  const outcome = clients[0]?.outcome;
  return outcome ? shown(outcome) : "";
}

function shown(outcome: Outcome): string {
  return outcome.kind === "skipped" ? "" : visible(readStart(outcome.stdoutFile, OUTPUT_SHOWN));
}
