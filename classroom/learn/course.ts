import type { Guide, Run } from "../../runner/guide/guide.ts";
import type { Task } from "../../runner/guide/marks.ts";
import type { ReadyClient } from "../../runner/run/find-program.ts";

/** Exercises that follow each other: the scripts of one client, the steps, or the drivers. */
export interface Course {
  readonly guide: Guide;
  /** As a learner says it: pg, steps, driver. */
  readonly name: string;
  /** Where its exercises are written. */
  readonly directory: string;
  /** What runs them, as a session names it. */
  readonly clients: readonly string[];
  readonly standalone: readonly ReadyClient[];
  readonly exercises: readonly Exercise[];
}

/** A file that a learner completes. */
export interface Exercise {
  /** Unique in its guide: pg/02-read. */
  readonly name: string;
  readonly title: string;
  /** The script that is the solution. */
  readonly source: string;
  /** The learner's own file. */
  readonly file: string;
  readonly tasks: readonly Task[];
  readonly kind: "script" | "driver";
  /** What the solutions do before it, so that the database is as it should be. */
  readonly before: readonly Run[];
  /** What judges it: runs of the learner's file, and those that show what it left in the database. */
  readonly judges: readonly Run[];
}

/** What runs every step in the course that is about drivers: the driver that the learner writes. */
export const learnersDriver = "exercise";
