/** Why a run could not begin, go on or clean up, or why its report was lost. */
export type FailureKind = Exclude<keyof typeof exitCodes, "bug">;

/** The exit code of each kind. 1 also means "not verified": a lost report proves nothing. */
export const exitCodes = {
  report: 1,
  usage: 2,
  layout: 2,
  database: 3,
  cleanup: 3,
  bug: 1,
} as const;

/** A failure that the user can fix. The message says what happened, where, and what to do. */
export class Failure extends Error {
  override name = "Failure";
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** True for one of Node's errors with this code, such as ENOENT. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Does what may fail for any reason, and must not fail. @returns `otherwise` if it does */
export function attempt<Result>(work: () => Result, otherwise: Result): Result {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

/** Returns the message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
