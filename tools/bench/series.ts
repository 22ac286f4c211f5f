/** One run of a case. */
export interface Measurement {
  /** Milliseconds from the start of the first process to the end of the last. */
  readonly wall: number;
  /** Milliseconds of processor time of all processes, where it is measured. */
  readonly processor?: number;
  /** The runner's peak, in bytes, where it is measured. */
  readonly memory?: number;
}

/** Something to measure. */
export interface Case {
  /** As `--only` takes it. */
  readonly name: string;
  /** Cases of a group are run in turn, because they are compared with one another. */
  readonly group: Group;
  /** @throws NotVerified where the output was not what it must be: then there is no figure */
  run(): Promise<Measurement>;
}

export const groups = ["guide", "step", "save", "growth", "crowd"] as const;
export type Group = (typeof groups)[number];

/** All runs of a case, in their order; none where one of them was not verified. */
export interface Series {
  readonly name: string;
  readonly measurements: readonly Measurement[];
  readonly notVerified?: string;
}

/** A run whose output was not the expected one. Its time says nothing. */
export class NotVerified extends Error {
  override name = "NotVerified";

  /** @param said what a program had to say about it */
  constructor(reason: string, said = "") {
    super(`${reason} ${said}`.replace(/\s+/g, " ").trim().slice(0, 300));
  }
}

/**
 * Runs all cases once to warm up, and then several times in turn, A B C A B C: whatever slows the
 * machine down for a while slows all of them down. A case with a run that is not verified is given
 * up, with all its figures.
 */
export async function measureInTurn(
  cases: readonly Case[],
  rounds: number,
  onRun: (text: string) => void,
): Promise<Series[]> {
  const measured = new Map<Case, Measurement[]>(cases.map((one) => [one, []]));
  const failures = new Map<Case, string>();

  for (let round = 0; round <= rounds; round++) {
    for (const [one, measurements] of measured) {
      if (failures.has(one)) continue;
      onRun(`${one.name}: ${round === 0 ? "warm-up" : `run ${round} of ${rounds}`}`);
      try {
        const measurement = await one.run();
        if (round > 0) measurements.push(measurement);
      } catch (error) {
        if (!(error instanceof NotVerified)) throw error;
        failures.set(one, error.message);
        onRun(`${one.name}: not verified. ${error.message}`);
      }
    }
  }
  return [...measured].map(([one, measurements]) => {
    const { name } = one;
    const notVerified = failures.get(one);
    if (notVerified === undefined) return { name, measurements };
    return { name, measurements: [], notVerified };
  });
}

/** The value in the middle, or the mean of the two there; undefined where there is none. */
export function median(values: readonly (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/**
 * The median of what each round says by itself. A round in which the machine was slow is slow on
 * all sides, which a quotient of two medians does not know.
 * @param combine is given one round's measurements, in the order of the names
 * @returns undefined where one of the cases has no measurements
 */
export function paired(
  all: readonly Series[],
  names: readonly string[],
  combine: (...measurements: Measurement[]) => number,
): number | undefined {
  const series = names.map((name) => all.find((one) => one.name === name)?.measurements ?? []);
  const rounds = Math.min(...series.map(({ length }) => length));
  return median(
    Array.from({ length: rounds }, (_, round) =>
      combine(...series.flatMap((measurements) => measurements[round] ?? [])),
    ),
  );
}
