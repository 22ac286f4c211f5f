import { statSync } from "node:fs";
import { nameFromHere } from "../common/paths.ts";
import { readShown } from "../common/read-shown.ts";
import { jsonWithoutSecrets } from "../common/secrets.ts";
import { goldenFile } from "../guide/guide.ts";
import { describeReason, effectsOf, type Outcome } from "../guide/outcome.ts";
import type { ClientRun, JudgedRun } from "../verify/judge.ts";
import type { Events, Reporter } from "./events.ts";

/** Of a longer stdout, the report holds the beginning. */
const STDOUT_LIMIT = 1024 * 1024;

/** One JSON document at the end of the run. docs/json-report.md describes it. */
export function jsonReporter(write: (text: string) => void): Reporter {
  const { start, run, report } = collectReport();
  return { start, run, end: (event) => write(jsonText(report(event))) };
}

/**
 * Collects the report of a guide.
 * @param listed its name, if it is one of several
 */
export function collectReport(listed?: string) {
  let head: Events["start"] | undefined;
  const runs: ReturnType<typeof entry>[] = [];
  const reported = new Set<string>();
  return {
    start(event: Events["start"]) {
      head = event;
    },
    run(judged: JudgedRun) {
      reported.add(judged.run.name);
      runs.push(...judged.clients.map((client) => entry(judged, client)));
    },
    report({
      summary,
      failure = null,
    }: Omit<Events["end"], "failure"> & { failure?: string | null | undefined }) {
      const { guide, server = null, clients = [], unavailable = [] } = head ?? {};
      const title = guide?.title ?? null;
      const name = listed ?? (guide ? nameFromHere(guide.page?.file ?? guide.directory) : null);
      const blocks = guide?.page?.listed ?? [];
      return {
        version: 1,
        name,
        guide: title,
        server,
        clients,
        unavailable,
        blocks,
        runs,
        partial: head !== undefined && isPartial(head, reported),
        summary,
        failure,
      };
    },
  };
}

/** True where a documented output or a client was left out: by an option, or because it cannot run here. */
function isPartial(
  { guide, clients, unavailable }: Events["start"],
  reported: ReadonlySet<string>,
): boolean {
  const isRun = guide.runs.every(({ isSetup, name }) => isSetup || reported.has(name));
  return !isRun || unavailable.length > 0 || !guide.drivers.every((one) => clients.includes(one));
}

/** Where stdout is GitHub's log, "##[" must not stand there: it would be a command. */
export function jsonText(document: object): string {
  return `${jsonWithoutSecrets(document, 2).replaceAll("##[", "#\\u0023[")}\n`;
}

function entry({ run, verdict, note }: JudgedRun, { client, outcome, diff }: ClientRun) {
  const skipped = outcome.kind === "skipped";
  return {
    step: run.step.name,
    golden: goldenFile(run),
    client,
    verdict,
    outcome: outcome.kind,
    reason: reasonOf(outcome) ?? (verdict === "unverified" ? (note ?? null) : null),
    duration: skipped ? null : outcome.duration,
    exitCode: skipped ? null : outcome.exitCode,
    stdout: skipped ? null : readShown(outcome.stdoutFile, STDOUT_LIMIT),
    stdoutBytes: skipped ? null : statSync(outcome.stdoutFile).size,
    stderr: skipped ? null : outcome.stderr,
    diff: diff || null,
    effects: effectsOf(outcome) ?? null,
  };
}

function reasonOf(outcome: Outcome): string | undefined {
  if (outcome.kind === "failed") return describeReason(outcome);
  return outcome.kind === "skipped" ? outcome.because : undefined;
}
