import type { Unavailable } from "../guide/client.ts";
import type { Guide } from "../guide/guide.ts";
import type { JudgedRun } from "../verify/judged-run.ts";
import type { Summary } from "./summary.ts";

/** What happens in a run, in this order. A reporter has a method for each. */
export interface Events {
  /** The database is open, and the first steps begin. */
  start: {
    readonly guide: Guide;
    readonly server: string;
    readonly clients: readonly string[];
    /** Clients that were wanted, and cannot run here. They verify nothing. */
    readonly unavailable?: readonly Unavailable[];
  };
  /** A run has its verdict. */
  run: JudgedRun;
  /** Everything was run, and what the runner made is removed. */
  end: { readonly runs: readonly JudgedRun[]; readonly summary: Summary };
}

/** A mapped type: an event without a method in some reporter fails the typecheck. */
export type Reporter = { readonly [Name in keyof Events]: (event: Events[Name]) => void };
