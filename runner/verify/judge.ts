import type { PageOutput, Run } from "../guide/guide.ts";
import type { Finished, Outcome } from "../guide/outcome.ts";
import { diffOf } from "./diff.ts";
import { type Golden, isGolden, meantBy } from "./golden.ts";
import { digestOfOutput, markVaryingText } from "./new-content.ts";

/** What a run of a step came to, over all clients. */
export type Verdict =
  /** Every client printed what the golden file says. */
  | "match"
  /** It ran, and its page documents no output of it, or one that cannot be compared. */
  | "unverified"
  /** The clients that were not skipped agree with each other, and not with the golden file: the guide changed. */
  | "drift"
  /** The clients differ from each other: a driver is wrong. */
  | "divergence"
  /** A client's run failed, timed out, or wrote to stderr. */
  | "error"
  /** There is no golden file, or it documents nothing. */
  | "missing"
  /** An earlier run of a client failed, and the others match, so this one says nothing. */
  | "skipped";

/** True unless something is wrong, or is not known. */
export function isGood(verdict: Verdict): boolean {
  return verdict === "match" || verdict === "unverified";
}

/** A run of a step over all clients, with its verdict. */
export interface JudgedRun {
  readonly run: Run;
  readonly golden: Golden;
  readonly verdict: Verdict;
  readonly clients: readonly ClientRun[];
  /** Set where all clients wrote the same to stderr, and its golden file says something else. */
  readonly stderr?: StderrDrift | undefined;
  /** The golden file that `--update` wrote: its absolute path. */
  readonly updatedFile?: string;
  /** What the author has to look at. */
  readonly note?: string | undefined;
  /** Why, where the verdict is "unverified": a sentence. */
  readonly unverified?: string;
  /** Set where the clients printed the same, and must do the same, but do not, or it is not known. */
  readonly effects?: {
    readonly kind: "different" | "unknown";
    /** How they differ; or of whom it is not known, and why. */
    readonly text: string;
  };
}

export interface StderrDrift {
  readonly golden: Golden;
  /** What the first client wrote. */
  readonly file: string;
}

export interface ClientRun {
  readonly client: string;
  readonly outcome: Outcome;
  /** The golden file against this client's output; empty where they match. */
  readonly diff: string;
}

/** What is known about one client's run when it is judged. */
export type Evidence =
  | { readonly kind: "finished"; readonly isGolden: boolean; readonly digest: string }
  /** It ran, and nothing can be said about its output. */
  | { readonly kind: "unverified" }
  | { readonly kind: "failed" }
  | { readonly kind: "skipped" };

type Outcomes = readonly (readonly [client: string, outcome: Outcome])[];

/** What the clients printed, compared with the golden file and made comparable with each other. */
interface Comparison {
  /** With the verdict of the outputs alone. */
  readonly judged: JudgedRun;
  readonly isDocumented: boolean;
  readonly evidence: readonly Evidence[];
  readonly finished: readonly Finished[];
  /** Of the outputs that can be verified. The same for any that are as documented. */
  readonly digests: readonly { readonly client: string; readonly digest: string }[];
}

/**
 * Compares what the clients printed with the golden file, and with each other.
 * @param stderrGolden undefined where the run documents nothing on stderr
 */
export async function judgeRun(
  run: Run,
  golden: Golden,
  outcomes: Outcomes,
  stderrGolden?: Golden,
): Promise<JudgedRun> {
  const comparison = await compareOutputs(run, golden, outcomes);
  const doubt = comparison.finished.find((one) => one.unverified !== undefined)?.unverified;
  if (doubt !== undefined) return judgeUnknown(comparison, doubt);
  if (outcomes.length === 0) {
    return unverified(comparison, `it is for ${run.clients?.join(" and ")} only.`);
  }
  if (run.inPage?.kind === "none" && !run.isSetup) return judgeUnshown(comparison, run.inPage);
  return judgeDocumented(comparison, stderrGolden);
}

async function compareOutputs(run: Run, golden: Golden, outcomes: Outcomes): Promise<Comparison> {
  const finished = outcomes.flatMap(([, one]) => (one.kind === "finished" ? [one] : []));
  const files = finished.map(({ stdoutFile }) => stdoutFile);
  const isDocumented = run.isSetup || golden.lack === "";
  const meant = isDocumented ? meantBy(golden, files) : { ...golden, bytes: Buffer.alloc(0) };
  const unshown = run.inPage?.kind === "none" ? run.inPage : undefined;
  const evidence: Evidence[] = [];
  const clients: ClientRun[] = [];
  const digests: { readonly client: string; readonly digest: string }[] = [];

  for (const [client, outcome] of outcomes) {
    if (outcome.kind !== "finished" || outcome.unverified !== undefined) {
      evidence.push({ kind: outcome.kind === "finished" ? "unverified" : outcome.kind });
      clients.push({ client, outcome, diff: "" });
      continue;
    }
    const { stdoutFile } = outcome;
    const matches = run.isSetup || unshown !== undefined || isGolden(meant, stdoutFile);
    const isCompared = !matches || unshown?.agreement !== undefined;
    const digest = isCompared ? await digestOfOutput(golden, stdoutFile) : "golden";
    digests.push({ client, digest });
    evidence.push({ kind: "finished", isGolden: matches, digest });
    const shown = isDocumented ? golden : meant;
    const diff = matches ? "" : await diffOf(shown, stdoutFile, `${client} printed`);
    clients.push({ client, outcome, diff });
  }
  const verdict = judge(evidence, isDocumented);
  const note = finished.find((one) => one.note !== undefined)?.note;
  const judged = { run, golden, verdict, clients, note };
  return { judged, isDocumented, evidence, finished, digests };
}

/** Where it cannot be known if a client printed what is documented. */
function judgeUnknown(comparison: Comparison, because: string): JudgedRun {
  const { run, verdict } = comparison.judged;
  // What one client printed wrong is wrong, whatever cannot be said about another.
  const isWrong = verdict === "drift" || verdict === "divergence";
  if (!isWrong || run.inPage?.kind === "none") return unverified(comparison, because);
  return { ...comparison.judged, verdict: "divergence" };
}

/** Where the page shows no output: the clients may have to agree. */
function judgeUnshown(
  comparison: Comparison,
  { agreement, reason }: Extract<PageOutput, { readonly kind: "none" }>,
): JudgedRun {
  const { judged, finished, digests } = comparison;
  const more = judged.note === undefined ? "" : ` ${judged.note}`;
  const [first, ...others] = digests;
  const other = others.find(({ digest }) => digest !== first?.digest);
  if (!first || !other || finished.every(({ mayVary }) => mayVary)) {
    return unverified(comparison, `${reason}.${more}`);
  }
  const warning = ` ${first.client} and ${other.client} print different things.`;
  if (agreement !== "required") return unverified(comparison, `${reason}.${warning}${more}`);
  return { ...judged, verdict: "divergence", note: `${judged.golden.name}:${warning}` };
}

async function judgeDocumented(
  comparison: Comparison,
  stderrGolden: Golden | undefined,
): Promise<JudgedRun> {
  const { judged, isDocumented, finished } = comparison;
  const isDivergence = judged.verdict === "divergence";
  if (isDivergence && finished.every(({ mayVary }) => mayVary)) {
    return unverified(comparison, "it varies from run to run.");
  }
  const isFirst = isDivergence && !isDocumented;
  if (isFirst && markVaryingText(finished.map(({ stdoutFile }) => stdoutFile))) {
    const advice = `Where the outputs differ, ${judged.golden.name} gets [..]: check that only varying text is marked.`;
    return { ...judged, verdict: "missing", note: advice };
  }
  return { ...judged, stderr: stderrGolden && (await stderrDrift(stderrGolden, judged.clients)) };
}

/** As nothing can be said about an output, the verdict is that of the clients that have none, if there are any. */
function unverified({ judged, evidence }: Comparison, because: string): JudgedRun {
  const has = (wanted: Evidence["kind"]) => evidence.some(({ kind }) => kind === wanted);
  const bad = has("failed") ? "error" : has("skipped") ? "skipped" : undefined;
  if (bad === undefined) return asUnverified(judged, because);
  return { ...judged, verdict: bad, clients: withoutDiffs(judged), note: undefined };
}

/** Gives a run the verdict "unverified". @param because a sentence */
export function asUnverified(judged: JudgedRun, because: string): JudgedRun {
  const note = `Not verified: ${because}`;
  const clients = withoutDiffs(judged);
  return { ...judged, verdict: "unverified", unverified: because, clients, note };
}

function withoutDiffs({ clients }: JudgedRun): readonly ClientRun[] {
  return clients.map((one) => ({ ...one, diff: "" }));
}

/** @returns undefined where a client failed otherwise, or the clients disagree */
async function stderrDrift(
  golden: Golden,
  clients: readonly ClientRun[],
): Promise<StderrDrift | undefined> {
  const files = clients.map(({ outcome }) =>
    outcome.kind === "failed" ? outcome.stderrFile : undefined,
  );
  const [file] = files;
  if (file === undefined) return undefined;
  const first = await digestOfOutput(golden, file);
  for (const other of files) {
    if (other === undefined || (await digestOfOutput(golden, other)) !== first) return undefined;
  }
  return { golden, file };
}

/** @param isDocumented whether there is a golden file that documents something */
export function judge(evidence: readonly Evidence[], isDocumented: boolean): Verdict {
  if (evidence.some(({ kind }) => kind === "failed")) return "error";
  const finished = evidence.filter((one) => one.kind === "finished");
  // A client that was skipped does not hide that another one printed something else.
  const isWrong = isDocumented && finished.some(({ isGolden }) => !isGolden);
  const isWhole = finished.length > 0 && finished.length === evidence.length;
  if (!isWhole && !isWrong) return "skipped";

  if (isDocumented && finished.every(({ isGolden }) => isGolden)) return "match";
  const agree = finished.every(({ digest }) => digest === finished[0]?.digest);
  if (!agree) return "divergence";
  return isDocumented ? "drift" : "missing";
}
