import { count } from "../common/words.ts";
import type { Unavailable } from "../guide/clients.ts";
import type { Guide } from "../guide/guide.ts";
import type { ClientRun, JudgedRun, Verdict } from "../verify/judge.ts";

/** Takes the next part of a report. */
export type Write = (text: string) => void;

/** What happens while a guide runs, in this order. A reporter has a method for each. */
export interface Events {
  /** The database is open, and the first steps begin. */
  start: {
    readonly guide: Guide;
    readonly server: string;
    readonly clients: readonly string[];
    /** Clients that were wanted, and cannot run here. They verify nothing. */
    readonly unavailable: readonly Unavailable[];
  };
  /** A run has its verdict. */
  run: JudgedRun;
  /** All runs are done, and what the runner made is removed. */
  end: {
    readonly summary: Summary;
    /** Why the run could not begin or go on. It may have ended before `start`. */
    readonly failure?: string;
  };
}

/** A mapped type: a reporter without a method for some event fails the typecheck. */
export type Reporter = { readonly [Name in keyof Events]: (event: Events[Name]) => void };

/** The whole guide in numbers. */
export interface Summary {
  /** True if every client produced every documented output. */
  readonly verified: boolean;
  readonly runs: number;
  /** How many of the runs have a documented output: all of them, except on pages. */
  readonly documented: number;
  readonly clients: number;
  /** How many runs have each verdict. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Golden files that were written. */
  readonly updated: readonly string[];
  /** Milliseconds, from the start of the runner to the last verdict. */
  readonly duration: number;
  /** Set where the clients print the same, and changed different numbers of rows: where, in one line. */
  readonly effects?: string;
  /** Set where steps with a documented output use no driver, in a guide that has some: their names. */
  readonly withoutDriver?: readonly string[];
}

/**
 * Counts verdicts. Without a run, or without a client, nothing is verified.
 * @param duration in milliseconds
 * @param isWhole false if the run could not begin or go on
 */
export function summarize(
  runs: readonly JudgedRun[],
  clients: readonly string[],
  duration: number,
  isWhole = true,
): Summary {
  const verdicts = byVerdict((verdict) => runs.filter((run) => run.verdict === verdict).length);
  const { match, unverified } = verdicts;
  const noted = runs.filter((one) => !one.run.isSetup && one.clients.some(isWithoutDriver));
  const withoutDriver = [...new Set(noted.map(({ run }) => run.step.name))];
  return {
    // Runs without a documented output do not count, but they cannot be all that there is.
    verified: isWhole && clients.length > 0 && match > 0 && match + unverified === runs.length,
    runs: runs.length,
    documented: runs.filter(({ run }) => run.inPage?.kind !== "none").length,
    clients: clients.length,
    verdicts,
    updated: runs.flatMap(({ updatedFile }) => updatedFile ?? []),
    duration,
    ...(withoutDriver.length > 0 && { withoutDriver }),
  };
}

/** True where the client is a driver, and the run's step has sent nothing with it. */
export function isWithoutDriver({ outcome }: ClientRun): boolean {
  return outcome.kind === "finished" && outcome.withoutDriver === true;
}

/** Why a guide is not verified, where no run says it: it could not go on, or none of its outputs could be compared. */
export function problemOf({
  summary: { runs, verdicts },
  failure,
}: {
  readonly summary: Summary;
  readonly failure?: string | null;
}): string | undefined {
  if (failure) return failure;
  if (runs === 0) return "No run was reported.";
  return verdicts.unverified === runs ? "No documented output could be verified." : undefined;
}

/** Makes the numbers of a summary. */
export function byVerdict(numberOf: (verdict: Verdict) => number): Record<Verdict, number> {
  return {
    match: numberOf("match"),
    unverified: numberOf("unverified"),
    drift: numberOf("drift"),
    divergence: numberOf("divergence"),
    error: numberOf("error"),
    missing: numberOf("missing"),
    skipped: numberOf("skipped"),
  };
}

/** Such as "All 4 outputs are verified with 2 clients; 2 runs without a documented output". */
export function verifiedSentence({ runs, documented, clients, verdicts }: Summary): string {
  const { match } = verdicts;
  const all = match === 1 ? "The output is" : `All ${match} outputs are`;
  const which = match === documented ? all : `${match} of ${count(documented, "output")}`;
  const head = `${which} verified with ${count(clients, "client")}`;
  const others = runs - documented;
  return others === 0 ? head : `${head}; ${count(others, "run")} without a documented output`;
}

/** What a match does not say: the clients may have changed other rows, and a step without a driver ran once for each. */
export function notesOf({ effects, withoutDriver }: Summary): string[] {
  return [
    ...(withoutDriver
      ? [
          `Without a driver: ${withoutDriver.join(", ")}. A match there says nothing about the drivers.`,
        ]
      : []),
    ...(effects
      ? [
          `The clients print the same, but changed different numbers of rows. ${effects}. --effects says in which run.`,
        ]
      : []),
  ];
}

/** Such as "2 match" and "1 drift". What is not there is left out. */
export function counts(numbers: Readonly<Record<string, number>>): string[] {
  return Object.entries(numbers).flatMap(([name, number]) =>
    number > 0 ? `${number} ${name}` : [],
  );
}
