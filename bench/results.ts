import type { Group, Measurement, Series } from "./series.ts";
import { median, paired, type Spread, spread } from "./statistics.ts";

/** What is known about a case when all runs are over. Times are milliseconds, sizes are bytes. */
export interface Result {
  readonly name: string;
  readonly group: Group;
  readonly label: string;
  readonly wall: Spread | null;
  /** Of the originals' time, in the same round. */
  readonly ofOriginals: number | null;
  /** Of the floor's time, in the same round. */
  readonly ofFloor: number | null;
  readonly memory: number | null;
  readonly comparison: number | null;
  /** Why there are no figures. */
  readonly notVerified: string | null;
  readonly measurements: readonly Measurement[];
}

/** Draws the results from the measurements. */
export function resultsOf(allSeries: readonly Series[]): Result[] {
  const originals = wallsOf(allSeries, "originals");
  const floor = wallsOf(allSeries, "floor");

  return allSeries.map(({ case: { name, group, label }, measurements, notVerified }) => {
    const walls = measurements.map(({ wall }) => wall);
    const quotient = (others: readonly number[]) =>
      group === "guide" ? paired(walls, others, (a, b) => a / b) : null;
    return {
      name,
      group,
      label,
      wall: walls.length > 0 ? spread(walls) : null,
      ofOriginals: quotient(originals),
      ofFloor: quotient(floor),
      memory: medianOrNull(measurements.map(({ memory }) => memory)),
      comparison: medianOrNull(measurements.map(({ comparison }) => comparison)),
      notVerified,
      measurements,
    };
  });
}

function wallsOf(allSeries: readonly Series[], name: string): number[] {
  const series = allSeries.find((one) => one.case.name === name);
  return series?.measurements.map(({ wall }) => wall) ?? [];
}

function medianOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? median(known) : null;
}
