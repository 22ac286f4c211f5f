/** One run of a case. */
export interface Measurement {
  /** Milliseconds from the start of the first process to the end of the last. */
  readonly wall: number;
  /** The runner's peak, in bytes; null where it is not measured. */
  readonly memory: number | null;
  /** Milliseconds of comparing and diffing; null where it is not measured. */
  readonly comparison: number | null;
}

/** Something to measure. */
export interface Case {
  /** As `--only` takes it. */
  readonly name: string;
  readonly group: Group;
  readonly label: string;
  /** @throws NotVerified where the output was not what it must be: then there is no figure */
  run(): Promise<Measurement>;
}

export const groups = ["guide", "growth", "output", "crowd"] as const;
export type Group = (typeof groups)[number];

/** All runs of a case, in their order. */
export interface Series {
  readonly case: Case;
  /** Empty where a run was not verified. */
  readonly measurements: readonly Measurement[];
  readonly notVerified: string | null;
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
    const notVerified = failures.get(one) ?? null;
    return { case: one, measurements: notVerified === null ? measurements : [], notVerified };
  });
}
