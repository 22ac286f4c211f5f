import { byVerdict, type Events, type Summary } from "../report/events.ts";
import type { JudgedRun, Verdict } from "../verify/judge.ts";

/** How a guide ended that is one of several. */
export const states = [
  /** What it documents is verified, as far as it can be. */
  "verified",
  /** Some of its outputs are not as documented. */
  "failed",
  /** Only what failed before fails: see `--baseline`. */
  "known",
  /** It has nothing to verify, or nothing that can be. */
  "nothing",
  /** It could not begin or go on. */
  "stopped",
  /** It was not run: --bail ended the run before. */
  "skipped",
] as const;
export type State = (typeof states)[number];

/** The result of one guide. */
export interface GuideResult {
  readonly name: string;
  readonly state: State;
  readonly summary: Summary;
  /** How many documented outputs are not verified, by the reason. */
  readonly reasons: Reasons;
  /** What fails, and failed before. */
  readonly known: number;
  /** Why it could not begin or go on. */
  readonly failure: string | null;
  /** Of a command that runs this guide only. */
  readonly exitCode: number;
}

export type Reasons = Readonly<Record<string, number>>;

/** All guides in numbers. */
export interface Total extends Summary {
  /** By state. */
  readonly guides: Readonly<Record<string, number>>;
  readonly reasons: Reasons;
  readonly known: number;
}

/** What happens while a guide runs that is one of several. */
export interface GuideReporter {
  start(event: Events["start"]): void;
  run(judged: JudgedRun): void;
  end(result: GuideResult): void;
}

/** Reports several guides, which run at the same time. */
export interface ManyReporter {
  /** The server is open, and the first guides begin. */
  begin(event: Beginning): void;
  /** @param file absolute path of its page or directory */
  guide(name: string, file: string): GuideReporter;
  end(event: Ending): void;
}

export interface Beginning {
  readonly server: string;
  readonly guides: number;
  /** How many run at once. */
  readonly jobs: number;
}

export interface Ending {
  /** True if the run does not fail: also where a part of the guides has none that can be verified. */
  readonly passed: boolean;
  readonly total: Total;
  /** Sorted by name. */
  readonly results: readonly GuideResult[];
  /** Such as 2/4. */
  readonly shard: string | null;
  readonly onlyChanged: boolean;
  /** Why the whole run could not begin or go on. */
  readonly failure: string | null;
}

const words: Readonly<Record<Verdict, string>> = {
  match: "",
  unverified: "it cannot be compared",
  drift: "something else is printed",
  divergence: "the clients print different things",
  error: "its command failed",
  missing: "there is no golden file",
  skipped: "an earlier run failed",
};

/** Says in a few words why a documented output is not verified, so that they can be counted. None for one that is. */
export function reasonOf({ run, verdict, unverified }: JudgedRun): readonly string[] {
  if (verdict === "match" || run.inPage?.kind === "none") return [];
  // What comes after a colon is about this output only.
  return [unverified?.replace(/:.*|\.$/s, "") ?? words[verdict]];
}

/**
 * Adds up results.
 * @param duration milliseconds
 * @param passed false if the run fails
 */
export function totalOf(results: readonly GuideResult[], duration: number, passed: boolean): Total {
  const sum = (numberOf: (result: GuideResult) => number) =>
    results.reduce((whole, result) => whole + numberOf(result), 0);
  const count = (state: State) => results.filter((result) => result.state === state).length;
  const reasons = addUp(results.flatMap((result) => Object.entries(result.reasons)));
  const sorted = Object.entries(reasons).sort(
    ([a, more], [b, less]) => less - more || (a < b ? -1 : 1),
  );
  const verdicts = byVerdict((verdict) => sum(({ summary }) => summary.verdicts[verdict]));
  const known = sum((result) => result.known);
  return {
    verified: passed && verdicts.match > 0 && known === 0,
    runs: sum(({ summary }) => summary.runs),
    documented: sum(({ summary }) => summary.documented),
    clients: Math.max(0, ...results.map(({ summary }) => summary.clients)),
    verdicts,
    updated: results.flatMap(({ summary }) => summary.updated),
    duration,
    guides: Object.fromEntries(states.map((state) => [state, count(state)])),
    reasons: Object.fromEntries(sorted),
    known,
  };
}

/** Adds up the numbers of each reason. */
export function addUp(numbers: readonly (readonly [reason: string, number: number])[]): Reasons {
  const sums: Record<string, number> = {};
  for (const [reason, number] of numbers) sums[reason] = (sums[reason] ?? 0) + number;
  return sums;
}

/**
 * 1 if an output is wrong, or none is verified; otherwise that of a guide that could not be run. A part of the guides
 * may have none that can be verified: the name of a page must not decide whether its shard fails.
 */
export function exitCodeOf(results: readonly GuideResult[], isWhole: boolean): number {
  const codes = results.map(({ exitCode }) => exitCode);
  if (isWhole && results.every(({ state }) => state === "nothing")) return 1;
  return codes.includes(1) ? 1 : Math.max(0, ...codes);
}
