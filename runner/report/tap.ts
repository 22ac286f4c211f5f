import { oneLine, printable } from "../common/visible.ts";
import { describeUnavailable } from "../guide/clients.ts";
import { goldenFile } from "../guide/guide.ts";
import type { ClientRun, JudgedRun } from "../verify/judge.ts";
import { resultOf } from "./details.ts";
import { notesOf, problemOf, type Reporter } from "./events.ts";

/**
 * TAP version 14, as the run goes on: a test point for each run and client, with its diagnostics in
 * YAML. https://testanything.org/tap-version-14-specification.html
 *
 * The plan comes last. A stream that breaks off has none, and counts as failed.
 */
export function tapReporter(write: (text: string) => void): Reporter {
  let points = 0;
  let head = "TAP version 14\n";

  function point(
    isOk: boolean,
    description: string,
    diagnostics: Diagnostics,
    directive = "",
  ): void {
    points++;
    const lines = Object.entries(diagnostics).flatMap(([key, value]) => yamlLines(key, value));
    const head = `${isOk ? "ok" : "not ok"} ${points} - ${describe(description)}${directive}`;
    write(`${[head, "  ---", ...lines, "  ..."].join("\n")}\n`);
  }

  return {
    start({ guide, server, clients, unavailable }) {
      write(head);
      head = "";
      write(`# Guide: ${oneLine(guide.title)}\n`);
      write(`# On: ${oneLine(server)}, with ${oneLine(clients.join(", "))}\n`);
      // Not as test points: they verify nothing, and TAP's SKIP would make them pass.
      for (const one of unavailable) write(`# ${oneLine(describeUnavailable(one))}\n`);
    },

    run(judged) {
      for (const clientRun of judged.clients) {
        const description = `${judged.run.name} (${clientRun.client})`;
        const diagnostics = diagnose(judged, clientRun);
        // TAP's own SKIP directive would make a skipped run pass.
        const isUnverified = judged.verdict === "unverified"; // which does not fail a page
        const isOk = isUnverified || resultOf(judged, clientRun).kind === "passed";
        point(isOk, description, diagnostics, isUnverified ? " # SKIP not verified" : "");
      }
    },

    end({ summary, failure }) {
      if (failure !== undefined) return write(`${head}Bail out! ${oneLine(failure)}\n`);
      // "1..0" would say that all is well, and so do outputs that are not verified.
      const problem = problemOf({ summary });
      if (problem) point(false, "guide", { message: problem });
      for (const note of notesOf(summary)) write(`# ${oneLine(note)}\n`);
      const word = summary.verified ? "verified" : "not verified";
      write(`1..${points}\n# Runs: ${summary.runs}, ${word}, in ${summary.duration} ms\n`);
    },
  };
}

type Diagnostics = Readonly<Record<string, string | number>>;

function diagnose(judged: JudgedRun, clientRun: ClientRun): Diagnostics {
  const { client, outcome, diff } = clientRun;
  const result = resultOf(judged, clientRun);
  return {
    ...(result.kind !== "passed" && {
      message: oneLine(`${client} ${result.what}.`),
      severity: judged.verdict === "unverified" ? "comment" : "fail",
    }),
    verdict: judged.verdict,
    outcome: outcome.kind,
    golden: goldenFile(judged.run),
    ...(outcome.kind !== "skipped" && { duration_ms: outcome.duration }),
    ...(outcome.kind === "failed" && { stderr: outcome.stderr }),
    ...(diff && { diff }),
  };
}

/** Several lines become a literal block, which a person can read; one line is quoted as in JSON. */
function yamlLines(key: string, value: string | number): string[] {
  if (typeof value === "number") return [`  ${key}: ${value}`];
  const text = printable(value).trimEnd();
  if (!text.includes("\n")) return [`  ${key}: ${JSON.stringify(text)}`];
  // A block that begins with a blank needs its indentation given.
  const block = /^\s/.test(text) ? "|2" : "|";
  return [`  ${key}: ${block}`, ...text.split("\n").map((line) => `    ${line}`)];
}

/** In a description, # begins a directive. */
function describe(text: string): string {
  return oneLine(text).replace(/[\\#]/g, "\\$&");
}
