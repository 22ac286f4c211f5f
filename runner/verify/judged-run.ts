import type { Run } from "../guide/guide.ts";
import type { Outcome } from "../guide/outcome.ts";
import { diffOf } from "./diff.ts";
import { type Golden, isGolden, meantBy } from "./golden.ts";
import { digestOfOutput } from "./new-content.ts";
import { type Evidence, judge, type Verdict } from "./verdict.ts";

/** A run of a step over all clients, with its verdict. */
export interface JudgedRun {
  readonly run: Run;
  readonly golden: Golden;
  readonly verdict: Verdict;
  readonly clients: readonly ClientRun[];
  /** Set where `--update` wrote the golden file. */
  readonly isUpdated: boolean;
}

export interface ClientRun {
  readonly client: string;
  readonly outcome: Outcome;
  /** The golden file against this client's output; empty where they are the same. */
  readonly diff: string;
}

/**
 * Compares what the clients printed with the golden file, and with each other.
 */
export async function judgeRun(
  run: Run,
  golden: Golden,
  outcomes: readonly (readonly [client: string, outcome: Outcome])[],
): Promise<JudgedRun> {
  const evidence: Evidence[] = [];
  const clients: ClientRun[] = [];
  const files = outcomes.flatMap(([, one]) => (one.kind === "finished" ? [one.stdoutFile] : []));
  const meant = await meantBy(golden, files);

  for (const [client, outcome] of outcomes) {
    let diff = "";
    if (outcome.kind === "finished") {
      const matches = run.isSetup || (await isGolden(meant, outcome.stdoutFile));
      const digest = matches ? "golden" : await digestOfOutput(golden, outcome.stdoutFile);
      evidence.push({ kind: "finished", isGolden: matches, digest });
      if (!matches) diff = await diffOf(golden, outcome.stdoutFile, `${client} printed`);
    } else {
      evidence.push({ kind: outcome.kind });
    }
    clients.push({ client, outcome, diff });
  }
  const verdict = judge(evidence, run.isSetup || golden.bytes.length > 0);
  return { run, golden, verdict, clients, isUpdated: false };
}
