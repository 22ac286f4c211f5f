/** The result of running a step with one client. */
export type Outcome = Finished | Failed | Skipped;

/** What a process left behind. Its stdout stays in a file: it may be large. */
interface Ran {
  /** Milliseconds. */
  readonly duration: number;
  readonly stdoutFile: string;
  readonly stderr: string;
  /** null if a signal ended the process. */
  readonly exitCode: number | null;
}

export interface Finished extends Ran {
  readonly kind: "finished";
  /** Set where the output says nothing about the documented one: why, in one line. */
  readonly unverified?: string;
  /** True where an output that differs between the clients varies from run to run. */
  readonly mayVary?: boolean;
  /** What the author should know about a match. */
  readonly note?: string;
  /** A line of the documented output that no program prints: an update would lose it. */
  readonly authors?: string;
  /** True where the client is a driver, and the step has sent nothing with it. */
  readonly withoutDriver?: boolean;
  /** Set where they were to be counted. */
  readonly effects?: Effects | Uncounted;
}

/** What a run did in its database, as PostgreSQL counts it. */
export interface Effects {
  /** By the name of the table, for those that are there after the run. */
  readonly tables: Readonly<Record<string, TableEffects>>;
  /** A transaction was rolled back. The counts include what it did. */
  readonly hasRollback: boolean;
}

/** What a run did is not known. */
export interface Uncounted {
  /** Why, in a few words. */
  readonly uncounted: string;
}

/** Numbers of rows. */
export interface TableEffects {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Rows of it were looked at, be it to change them. How many depends on the server's plan. */
  readonly isRead: boolean;
}

/** @returns what a run did; undefined if that is not known */
export function effectsOf(outcome: Outcome): Effects | undefined {
  const effects = outcome.kind === "finished" ? outcome.effects : undefined;
  return effects && "tables" in effects ? effects : undefined;
}

export interface Failed extends Ran {
  readonly kind: "failed";
  readonly reason: Reason;
  /** True where the client goes on with what comes next, as a reader would. */
  readonly goesOn?: boolean;
  /** What it wrote to stderr, where only this is not as documented. */
  readonly stderrFile?: string;
}

/** Why a run failed. What decides what is said or done about it has a kind of its own. */
export type Reason =
  | {
      readonly kind: "exited";
      /** The documented exit code. */
      readonly wanted: number;
    }
  | {
      readonly kind: "timed out";
      /** Milliseconds. */
      readonly limit: number;
      /** Set on a page that does not say how a reader ends it. */
      readonly isUnannounced?: boolean;
    }
  | { readonly kind: "not started"; readonly why: string }
  | {
      readonly kind: "other";
      /** One line, such as "wrote to stderr". */
      readonly text: string;
    };

/** @returns one line, such as "exited with 1" */
export function describeReason({ reason, exitCode }: Pick<Failed, "reason" | "exitCode">): string {
  switch (reason.kind) {
    case "exited":
      return `exited with ${exitCode}${reason.wanted === 0 ? "" : `, not with ${reason.wanted}`}`;
    case "timed out": {
      const more = reason.isUnannounced ? ", and the page does not say Ctrl-C" : "";
      return `timed out after ${reason.limit / 1000} s${more}`;
    }
    case "not started":
      return `could not be started: ${reason.why}`;
    case "other":
      return reason.text;
  }
}

export interface Skipped {
  readonly kind: "skipped";
  /** One line that names the run whose failure came first. */
  readonly because: string;
}
