import type { Outcome } from "../execute/outcome.ts";
import { changesBetween } from "../export/document/changes.ts";
import { readStart } from "../files.ts";
import { visible } from "../report/visible.ts";
import type { DriverRun, JudgedRun } from "../verify/judged-run.ts";
import { clip, STATEMENTS_SHOWN, TEXT_SHOWN } from "./database/clip.ts";
import { markChanges } from "./database/compare-tables.ts";
import type { Observation } from "./database/observer.ts";
import type { ClientResult, Comparison, DoneState, Statement } from "./messages.ts";
import { databasesAfter, type Sight } from "./sight.ts";
import { verdictText } from "./verdict-text.ts";

/** Bytes. More of an output than this, nobody reads on a page. */
export const OUTPUT_SHOWN = 64 * 1024;

/**
 * What the page shows of a run.
 * @param before the last run of the same step
 */
export function showRun(
  sight: Sight,
  judged: JudgedRun,
  before: JudgedRun | undefined,
): DoneState {
  const { observer } = sight;
  const { index } = judged.run;
  const changes = before && changesBetween(outputOf(before), outputOf(judged));
  return {
    kind: "done",
    verdict: judged.verdict,
    text: verdictText(sight, judged),
    isStale: false,
    clients: judged.drivers.map((run) => {
      const now = observer.observed(index, run.driver);
      const earlier = observer.observed(index - 1, run.driver);
      return { ...showClient(run), ...showDatabase(now, earlier) };
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
  "What a standalone script sends is seen on the embedded server only: without DATABASE_URL.";
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

function showClient({
  driver,
  outcome,
  diff,
}: DriverRun): Omit<ClientResult, "tables" | "unshown" | "statements"> {
  if (outcome.kind === "skipped") {
    return {
      client: driver,
      output: "",
      note: "skipped",
      isGood: false,
      details: [outcome.because],
    };
  }
  const took = `${outcome.duration} ms`;
  const output = shown(outcome);
  if (outcome.kind === "failed") {
    const said = visible(outcome.stderr).trimEnd().split("\n").filter(Boolean);
    const note = `${outcome.reason}, ${took}`;
    return { client: driver, output, note, isGood: false, details: said };
  }
  const details = diff === "" ? [] : visible(diff).trimEnd().split("\n");
  const note = diff === "" ? took : `not as documented, ${took}`;
  return { client: driver, output, note, isGood: diff === "", details };
}

function outputOf({ drivers }: JudgedRun): string {
  const outcome = drivers[0]?.outcome;
  return outcome ? shown(outcome) : "";
}

function shown(outcome: Outcome): string {
  return outcome.kind === "skipped" ? "" : visible(readStart(outcome.stdoutFile, OUTPUT_SHOWN));
}
