import type { Result } from "./results.ts";
import type { Measurement } from "./series.ts";
import { median, paired } from "./statistics.ts";

/** A figure that follows from several cases, beside the most that it may be. */
export interface Goal {
  readonly text: string;
  readonly unit: "times" | "milliseconds" | "bytes";
  /** null where a case that it needs was left out or not verified. */
  readonly value: number | null;
  /** null for a figure that is only to be known. */
  readonly limit: number | null;
}

const times = (a: number, b: number) => a / b;
const MB = 1_000_000;

/** The project's goals, and what was measured. */
export function goalsOf(results: readonly Result[]): Goal[] {
  const of = (name: string, pick: (one: Measurement) => number | null) =>
    (results.find((result) => result.name === name)?.measurements ?? [])
      .map(pick)
      .filter((value) => value !== null);
  const walls = (name: string) => of(name, ({ wall }) => wall);
  const memory = (name: string) => of(name, (one) => one.memory);
  const comparison = (name: string) => middle(of(name, (one) => one.comparison));
  const ratio = (a: string, b: string) => paired(walls(a), walls(b), times);
  const added = (fewer: number, more: number) =>
    paired(walls(`growth-${more}`), walls(`growth-${fewer}`), (a, b) => (a - b) / (more - fewer));

  const goal = (unit: Goal["unit"]) => (text: string, value: number | null, limit: number | null) =>
    ({ text, unit, value, limit }) satisfies Goal;
  const quotient = goal("times");
  const time = goal("milliseconds");
  const size = goal("bytes");

  return [
    quotient(
      "node --import tsx on the running server, of the originals",
      ratio("import-given", "originals"),
      0.65,
    ),
    quotient(
      "npx tsx with the embedded server, of the originals",
      ratio("tsx-embedded", "originals"),
      1,
    ),
    quotient(
      "node --import tsx on the running server, of the floor",
      ratio("import-given", "floor"),
      1.25,
    ),
    quotient("the same, of the bundled floor", ratio("import-given", "floor-bundled"), null),
    time(
      "what the embedded server adds",
      paired(walls("import-embedded"), walls("import-given"), (a, b) => a - b),
      150,
    ),
    time("from a save of the last step to its verdict", middle(walls("save")), 1000),
    time("the first run ever", middle(walls("first")), 3000),
    time("each added step, from 4 to 40", added(4, 40), 150),
    time("each added step, from 40 to 200", added(40, 200), 150),
    quotient(
      "memory with 200 steps, of that with 4",
      paired(memory("growth-200"), memory("growth-4"), times),
      null,
    ),
    time("comparing 100 MB with both drivers", comparison("output-100"), 500),
    size("memory with 100 MB of output", middle(memory("output-100")), 350 * MB),
    time("until the diff of 100 MB is there", comparison("differs-100"), 1000),
    quotient("5 runners at once, of 1", ratio("crowd-5", "crowd-1"), null),
    quotient("20 runners at once, of 1", ratio("crowd-20", "crowd-1"), null),
  ];
}

function middle(values: readonly number[]): number | null {
  return values.length > 0 ? median(values) : null;
}
